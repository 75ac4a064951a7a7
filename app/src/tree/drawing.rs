use podside_model::Answer;
use podside_model::view::{TreePlace, TreeRow, TreeState};

use super::layout::Placed;

/// How a line is drawn, the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    NotTaken,
    Left,
    Ahead,
    Suggested,
    Taken,
}

impl Line {
    /// The class that gives it its colour, width and dashes.
    const fn class(self) -> &'static str {
        match self {
            Self::NotTaken => "not-taken",
            Self::Left => "left",
            Self::Ahead => "ahead",
            Self::Suggested => "suggested",
            Self::Taken => "taken",
        }
    }

    const fn to(state: &TreeState) -> Self {
        match state {
            TreeState::Taken { .. } | TreeState::Reached | TreeState::Here { .. } => Self::Taken,
            TreeState::Left { .. } => Self::Left,
            TreeState::Ahead { suggested: true } => Self::Suggested,
            TreeState::Ahead { suggested: false } => Self::Ahead,
            TreeState::NotTaken => Self::NotTaken,
        }
    }
}

/// The lines and nodes as the inside of an `<svg>`. It holds numbers and class names
/// alone, no text of a cluster.
pub fn drawing(rows: &[TreeRow], placed: &[Placed]) -> String {
    let mut lines: Vec<(Line, String)> = placed
        .iter()
        .filter_map(|to| {
            let from = placed.get(to.parent?)?;
            let kind = Line::to(&rows.get(to.row)?.state);
            Some((
                kind,
                format!(
                    "<path class=\"{}\" d=\"{}\"/>",
                    kind.class(),
                    line(from, to)
                ),
            ))
        })
        .collect();
    // What was taken lies over what was not.
    lines.sort_by_key(|(kind, _)| *kind);
    let nodes = placed
        .iter()
        .filter_map(|at| Some(node(rows.get(at.row)?, at.x, at.y)));
    lines
        .into_iter()
        .map(|(_, line)| line)
        .chain(nodes)
        .collect()
}

/// The steps of a walk in one line, for a screen too narrow for the tree beside the
/// question: those that were answered, the present one, the main chain ahead.
/// Returns the inside of an `<svg>` and its size in pixels.
pub fn strip(rows: &[TreeRow]) -> (String, i32, i32) {
    const GAP: i32 = 26;
    const MIDDLE: i32 = 13;
    let steps: Vec<&TreeRow> = rows
        .iter()
        .filter(|row| match row.state {
            TreeState::Taken { .. } | TreeState::Here { .. } | TreeState::Reached => true,
            TreeState::Ahead { .. } => row.lane == 0 && matches!(row.place, TreePlace::Step { .. }),
            TreeState::Left { .. } | TreeState::NotTaken => false,
        })
        .collect();
    let mut x = MIDDLE;
    let mut lines = String::new();
    let mut nodes = String::new();
    for (at, row) in steps.iter().enumerate() {
        if at > 0 {
            let class = Line::to(&row.state).class();
            lines.push_str(&format!(
                "<path class=\"{class}\" d=\"M{x} {MIDDLE}H{}\"/>",
                x + GAP
            ));
            x += GAP;
        }
        nodes.push_str(&node(row, x, MIDDLE));
    }
    (lines + &nodes, x + MIDDLE, 2 * MIDDLE)
}

fn line(from: &Placed, to: &Placed) -> String {
    if from.x == to.x {
        return format!("M{} {}V{}", from.x, from.y, to.y);
    }
    let before_bend = to.y - 10;
    format!(
        "M{x} {}V{before_bend}Q{x} {y} {} {y}H{}",
        from.y,
        from.x + 10,
        to.x,
        x = from.x,
        y = to.y
    )
}

fn node(row: &TreeRow, x: i32, y: i32) -> String {
    let is_end = !matches!(row.place, TreePlace::Step { .. } | TreePlace::OnTo { .. });
    match &row.state {
        TreeState::Taken { answer, .. } | TreeState::Left { answer, .. } => answered(*answer, x, y),
        TreeState::Reached if matches!(row.place, TreePlace::Causes { .. }) => {
            diamond("found", x, y, 7)
        }
        TreeState::Reached if matches!(row.place, TreePlace::NothingWrong) => {
            diamond("well", x, y, 7)
        }
        TreeState::Reached => diamond("reached", x, y, 7),
        TreeState::Here { .. } => format!(
            "<circle class=\"here\" cx=\"{x}\" cy=\"{y}\" r=\"11\"/><circle class=\"here-dot\" cx=\"{x}\" cy=\"{y}\" r=\"3.5\"/>"
        ),
        TreeState::Ahead { suggested } => {
            let class = if *suggested { "open suggested" } else { "open" };
            if is_end {
                diamond(class, x, y, 7)
            } else {
                format!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"7\"/>")
            }
        }
        TreeState::NotTaken if is_end => diamond("small", x, y, 4),
        TreeState::NotTaken => {
            format!("<circle class=\"small\" cx=\"{x}\" cy=\"{y}\" r=\"4.5\"/>")
        }
    }
}

/// Yes is a disc with a tick, no a square with a bar, can't tell a dashed diamond.
fn answered(answer: Answer, x: i32, y: i32) -> String {
    match answer {
        Answer::Yes => format!(
            "<circle class=\"full\" cx=\"{x}\" cy=\"{y}\" r=\"9\"/><path class=\"in\" d=\"M{} {}l2.8 3 5.2-6\"/>",
            x - 4,
            y
        ),
        Answer::No => format!(
            "<rect class=\"full\" x=\"{}\" y=\"{}\" width=\"18\" height=\"18\" rx=\"2\"/><path class=\"in\" d=\"M{} {y}h8\"/>",
            x - 9,
            y - 9,
            x - 4
        ),
        Answer::Unknown => diamond("unknown", x, y, 7),
    }
}

fn diamond(class: &str, x: i32, y: i32, half: i32) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{side}\" height=\"{side}\" transform=\"rotate(45 {x} {y})\"/>",
        x - half,
        y - half,
        side = 2 * half
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_holds_the_walk_and_the_main_chain_ahead() {
        let row = |lane, state| TreeRow {
            lane,
            parent: None,
            via: Vec::new(),
            place: TreePlace::Step {
                id: "s".to_owned(),
                label: "S?".to_owned(),
            },
            state,
        };
        let rows = [
            row(
                0,
                TreeState::Taken {
                    answer: Answer::Yes,
                    fact: None,
                },
            ),
            row(1, TreeState::NotTaken),
            row(0, TreeState::Here { suggested: None }),
            row(1, TreeState::Ahead { suggested: true }),
            row(0, TreeState::Ahead { suggested: false }),
        ];
        let (drawn, width, height) = strip(&rows);
        assert_eq!((width, height), (78, 26));
        assert!(drawn.starts_with(
            "<path class=\"taken\" d=\"M13 13H39\"/><path class=\"ahead\" d=\"M39 13H65\"/>"
        ));
        assert_eq!(drawn.matches("<circle").count(), 4);
    }

    #[test]
    fn a_branch_leaves_downwards_and_bends_to_the_right() {
        let at = |x, y| Placed {
            row: 0,
            parent: None,
            x,
            y,
            height: 0,
        };
        assert_eq!(line(&at(16, 25), &at(16, 74)), "M16 25V74");
        assert_eq!(line(&at(16, 25), &at(42, 66)), "M16 25V56Q16 66 26 66H42");
    }
}
