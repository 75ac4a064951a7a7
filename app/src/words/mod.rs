//! The portal's own words, in every language.
//!
//! One struct a subject and one line a word with its English and its Japanese side
//! by side, so that a missing translation does not compile. What the diagnosis says
//! comes from the server in the reader's language and is not here.

/// Declares a struct of words with one static for each language.
///
/// A line reads `name: type = English, Japanese;`. Words with an argument or a
/// plural are `fn` items, so that grammar is code and not a template. What the server
/// says by itself is `pub`.
macro_rules! words {
    (@of $visible:vis, $(#[$meta:meta])* $name:ident { $($word:ident : $kind:ty = $en:expr, $ja:expr;)* }) => {
        $(#[$meta])*
        $visible struct $name {
            $(#[doc = stringify!($en)] $visible $word: $kind,)*
        }

        impl $name {
            /// The words in one language.
            $visible fn of(lang: podside_model::Lang) -> &'static Self {
                static EN: $name = $name { $($word: $en,)* };
                static JA: $name = $name { $($word: $ja,)* };
                match lang {
                    podside_model::Lang::En => &EN,
                    podside_model::Lang::Ja => &JA,
                }
            }
        }
    };
    ($(#[$meta:meta])* pub $name:ident $words:tt) => {
        words! { @of pub, $(#[$meta])* $name $words }
    };
    ($(#[$meta:meta])* $name:ident $words:tt) => {
        words! { @of pub(crate), $(#[$meta])* $name $words }
    };
}

mod beginnings;
mod events;
mod evidence;
mod found;
mod frame;
mod history;
mod investigation;
mod leftovers;
mod logs;
mod objects;
#[cfg(feature = "ssr")]
mod observed;
mod problem;
mod redaction;
#[cfg(feature = "ssr")]
mod refusals;
mod resource;
mod runbook;
mod severity;
mod share;
mod sharing;
mod states;
mod strip;
mod time;
mod triage;
mod writes;

pub(crate) use beginnings::BeginningWords;
pub(crate) use events::EventsWords;
pub(crate) use evidence::EvidenceWords;
pub(crate) use found::FoundWords;
pub(crate) use frame::FrameWords;
pub(crate) use history::HistoryWords;
pub(crate) use investigation::InvestigationWords;
pub(crate) use leftovers::LeftoversWords;
pub(crate) use logs::LogWords;
pub(crate) use objects::ObjectsWords;
#[cfg(feature = "ssr")]
pub use observed::ObservedWords;
pub(crate) use problem::ProblemWords;
pub(crate) use redaction::RedactionWords;
#[cfg(feature = "ssr")]
pub use refusals::RefusalWords;
pub(crate) use resource::ResourceWords;
pub(crate) use runbook::RunbookWords;
pub(crate) use severity::SeverityWords;
pub(crate) use share::ShareWords;
pub(crate) use sharing::SharingWords;
pub(crate) use states::StateWords;
pub(crate) use strip::StripWords;
pub(crate) use time::TimeWords;
pub(crate) use triage::TriageWords;
pub(crate) use writes::WritesWords;

/// A number at which an English sentence begins, or that is read as a word: `two`, `12`.
pub(crate) fn in_words(count: usize) -> String {
    const WORDS: [&str; 9] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    match count.checked_sub(1).and_then(|at| WORDS.get(at)) {
        Some(word) => (*word).to_owned(),
        None => count.to_string(),
    }
}

/// An English count with its noun: `1 Pod`, `3 Pods`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
