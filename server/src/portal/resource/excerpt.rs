//! The lines of an object round one of its fields.

use podside_cluster::{Connection, Error};
use podside_model::view::{Excerpt, Reading};
use podside_model::{Lang, ObjectRef};

use super::yaml::yaml;

/// Lines before and after the marked ones.
const AROUND: usize = 5;

/// The most marked lines; a whole list of containers would be most of its object.
const MOST_MARKED: usize = 24;

/// Reads an object and cuts out what stands at a JSON Pointer.
pub(in crate::portal) async fn excerpt(
    connection: &Connection,
    object: &ObjectRef,
    pointer: &str,
    lang: Lang,
) -> Reading<Excerpt> {
    match connection.object(object).await {
        Ok(found) => {
            let (text, marked) = yaml(&found.value, Some(pointer));
            match marked {
                Some(marked) => Reading::Read(cut(&text, marked)),
                None => Reading::Failed(match lang {
                    Lang::En => format!("{object} has nothing at {pointer} any more."),
                    Lang::Ja => format!("{object} の {pointer} には現在何もありません。"),
                }),
            }
        }
        Err(Error::Denied { right, .. }) => Reading::Denied(right),
        Err(error) => Reading::Failed(error.to_string()),
    }
}

/// The lines from `marked.0` to `marked.1`, counted from 1, and a few round them.
fn cut(text: &str, (first, last): (usize, usize)) -> Excerpt {
    let last = last.min(first.saturating_add(MOST_MARKED - 1));
    let from = first.saturating_sub(AROUND).max(1);
    let until = last.saturating_add(AROUND);
    let lines = text.lines().skip(from - 1).take(until + 1 - from);
    Excerpt {
        first: from,
        text: lines.flat_map(|line| [line, "\n"]).collect(),
        marked: (first, last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize) -> String {
        let lines: Vec<String> = (1..=count).map(|line| line.to_string()).collect();
        lines.join("\n") + "\n"
    }

    #[test]
    fn a_few_lines_stand_round_the_marked_ones() {
        let middle = cut(&numbers(50), (20, 21));
        assert_eq!((middle.first, middle.marked), (15, (20, 21)));
        assert_eq!(middle.text.lines().next(), Some("15"));
        assert_eq!(middle.text.lines().last(), Some("26"));
        let edge = cut(&numbers(3), (1, 3));
        assert_eq!((edge.first, edge.text.as_str()), (1, "1\n2\n3\n"));
        let long = cut(&numbers(900), (2, 800));
        assert_eq!(long.marked, (2, 25));
        assert_eq!(long.text.lines().count(), 30);
    }
}
