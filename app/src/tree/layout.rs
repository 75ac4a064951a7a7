use podside_model::view::{TreePlace, TreeRow, TreeState};

/// From so many rows on, those that do not matter now are left out.
const FOLDED_FROM: usize = 20;

/// From so many rows on, a walk that is shown whole is shown in low rows.
const COMPACT_FROM: usize = 60;

/// How high the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// A walk: two lines for a step, one for a way that was not taken.
    Walk,
    /// A long walk: one line a row.
    Compact,
    /// A runbook to be read: one line a row.
    Read,
}

impl Scale {
    /// The scale for a walk of which so many rows are shown.
    pub const fn of_walk(shown: usize) -> Self {
        if shown < COMPACT_FROM {
            Self::Walk
        } else {
            Self::Compact
        }
    }

    /// The height of a row in pixels. The style sheet gives the rows the same.
    pub const fn height(self, row: &TreeRow) -> i32 {
        match (self, &row.state) {
            (Self::Read, _) => 40,
            (Self::Compact, TreeState::NotTaken) => 24,
            (Self::Compact, _) => 28,
            (Self::Walk, TreeState::NotTaken) => 34,
            (Self::Walk, TreeState::Here { .. }) => 58,
            (Self::Walk, _) => 50,
        }
    }
}

/// A row that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its index among all rows.
    pub row: usize,
    /// Its index among the shown rows, of the nearest row above it in the tree that is shown.
    pub parent: Option<usize>,
    /// Where its node stands, in pixels from the left.
    pub x: i32,
    /// Where its node stands, in pixels from the top.
    pub y: i32,
    /// How high it is.
    pub height: i32,
}

/// The rows that matter now: the path, what branched off it, what the present step
/// leads to, and the main chain ahead. All of a small tree.
pub fn rows_that_matter(rows: &[TreeRow]) -> Vec<usize> {
    let matters = |row: &TreeRow| {
        let parent = row.parent.and_then(|parent| rows.get(parent));
        let is_step = matches!(row.place, TreePlace::Step { .. });
        match row.state {
            TreeState::Ahead { suggested: false } => {
                (is_step && row.lane == 0)
                    || parent.is_some_and(|p| matches!(p.state, TreeState::Here { .. }))
            }
            TreeState::NotTaken => {
                parent.is_some_and(|p| matches!(p.state, TreeState::Taken { .. }))
            }
            _ => true,
        }
    };
    rows.iter()
        .enumerate()
        .filter(|(_, row)| rows.len() < FOLDED_FROM || matters(row))
        .map(|(index, _)| index)
        .collect()
}

/// Where the shown rows stand.
pub fn place(rows: &[TreeRow], shown: &[usize], scale: Scale) -> Vec<Placed> {
    let mut top = 0;
    shown
        .iter()
        .filter_map(|index| Some((*index, rows.get(*index)?)))
        .map(|(index, row)| {
            let height = scale.height(row);
            let placed = Placed {
                row: index,
                parent: shown_parent(rows, shown, row),
                x: 16 + 26 * i32::try_from(row.lane).unwrap_or(0),
                y: top + height / 2,
                height,
            };
            top += height;
            placed
        })
        .collect()
}

fn shown_parent(rows: &[TreeRow], shown: &[usize], row: &TreeRow) -> Option<usize> {
    let mut parent = row.parent;
    // Parents stand above their children, so this ends.
    while let Some(index) = parent {
        if let Ok(place) = shown.binary_search(&index) {
            return Some(place);
        }
        parent = rows.get(index).and_then(|row| row.parent);
    }
    None
}

#[cfg(test)]
mod tests {
    use podside_model::Answer;

    use super::*;

    fn row(lane: usize, parent: Option<usize>, state: TreeState) -> TreeRow {
        TreeRow {
            lane,
            parent,
            via: vec![Answer::No],
            place: TreePlace::Step {
                id: "s".to_owned(),
                label: "S?".to_owned(),
            },
            state,
        }
    }

    fn taken() -> TreeState {
        TreeState::Taken {
            answer: Answer::No,
            fact: None,
        }
    }

    #[test]
    fn a_row_stands_in_its_lane_below_the_one_before() {
        let rows = [
            row(0, None, taken()),
            row(1, Some(0), TreeState::NotTaken),
            row(0, Some(0), TreeState::Here { suggested: None }),
        ];
        let placed = place(&rows, &[0, 1, 2], Scale::Walk);
        let at: Vec<_> = placed.iter().map(|p| (p.x, p.y, p.parent)).collect();
        assert_eq!(at, [(16, 25, None), (42, 67, Some(0)), (16, 113, Some(0))]);
    }

    #[test]
    fn many_rows_are_low() {
        assert_eq!(Scale::of_walk(59), Scale::Walk);
        assert_eq!(Scale::of_walk(60), Scale::Compact);
        let rows = [
            row(0, None, taken()),
            row(1, Some(0), TreeState::NotTaken),
            row(0, Some(0), TreeState::Here { suggested: None }),
        ];
        let heights: Vec<_> = place(&rows, &[0, 1, 2], Scale::Compact)
            .iter()
            .map(|placed| placed.height)
            .collect();
        assert_eq!(heights, [28, 24, 28]);
    }

    #[test]
    fn a_row_hangs_on_the_nearest_parent_that_is_shown() {
        let rows = [
            row(0, None, taken()),
            row(0, Some(0), taken()),
            row(0, Some(1), taken()),
        ];
        let placed = place(&rows, &[0, 2], Scale::Walk);
        assert_eq!(placed[1].parent, Some(0));
    }

    #[test]
    fn a_large_tree_shows_the_path_and_what_branches_off_it() {
        let mut rows = vec![
            row(0, None, taken()),
            row(1, Some(0), TreeState::NotTaken),
            row(2, Some(1), TreeState::NotTaken),
            row(0, Some(0), TreeState::Here { suggested: None }),
            row(1, Some(3), TreeState::Ahead { suggested: false }),
            row(2, Some(4), TreeState::Ahead { suggested: false }),
            row(0, Some(3), TreeState::Ahead { suggested: false }),
        ];
        assert_eq!(rows_that_matter(&rows).len(), 7);
        rows.extend((0..20).map(|_| row(3, Some(2), TreeState::NotTaken)));
        assert_eq!(rows_that_matter(&rows), [0, 1, 3, 4, 6]);
    }
}
