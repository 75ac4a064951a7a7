//! What foreign JSON costs in memory, told before it is parsed.
//!
//! A parsed value takes up to ninety times the bytes of its text: `{"a":0},` has 8 bytes
//! and becomes a map of 700. So a bound on bytes is no bound on memory. [`weigh`]
//! passes over the text once and says the most that any parser can make of it, and
//! stops where that is more than it is allowed to be: nothing is parsed then, and the
//! memory of whoever reads stays in proportion to the budget, whatever the text holds.
//! Nothing is parsed or kept here, and nothing is known of Kubernetes.

mod weight;

pub use weight::{DEEPEST, TooMuch, weigh};
