use leptos::prelude::*;
use podside_model::Problem;

use crate::address::{self, use_place};
use crate::preferences::lang;
use crate::runbooks::logs_after;
use crate::words::ProblemWords;

/// Where the logs that tell of a problem are watched, and how that is said; `subject_says`
/// when they are the subject's own.
pub(crate) fn logs_link(
    problem: &Problem<String>,
    subject_says: &'static str,
) -> Option<(String, String)> {
    let w = ProblemWords::of(lang());
    let place = use_place().get_untracked();
    match logs_after(problem).as_slice() {
        [] => None,
        [one] if **one == problem.subject => {
            Some((address::logs(&place, Some(one)), subject_says.to_owned()))
        }
        [one] => Some((address::logs(&place, Some(one)), (w.logs_after)(1))),
        several => Some((
            address::logs_of(&place, several),
            (w.logs_after)(several.len()),
        )),
    }
}
