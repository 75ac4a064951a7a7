//! What the forms of the pages send, one struct a form.
//!
//! A page names each field by [`field!`](crate::field), so that one which the form has not
//! does not compile; the server reads the struct. In the browser nothing of it is left but
//! the names.

mod link;
mod named_object;
mod removal;
mod walk;

pub use link::{LinkDays, LinkForm, LinkScope, ProblemLinkForm, RevocationForm};
pub use named_object::{NO_NAMESPACE, NamedObject, NotAnObject};
pub use removal::FoundRemovalForm;
pub use walk::{AnswerForm, HistorySearch, NoteForm, ReturnForm, RunForm, StartForm, WalkForm};

/// The name of a field of a form, as a page sends it and as the server reads it. A field that
/// the form has not does not compile.
#[macro_export]
macro_rules! field {
    ($form:ty, $field:ident) => {{
        const _: fn(&$form) = |form| {
            let _ = &form.$field;
        };
        stringify!($field)
    }};
}
