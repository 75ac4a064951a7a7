//! Near misses: what was probably meant by a name that nothing has.

/// The one of `candidates` that `wanted` is probably a misspelling of. `None` when no
/// candidate is near, so that nobody is sent to something unrelated.
///
/// Near are names that differ by at most a third of the letters and three edits
/// (insertions, deletions, replacements, neighbours swapped), in case, in separators, or
/// by an affix of whole words (`db` and `orders-db`). Ties go to the first by name.
pub fn name<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(wanted);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != wanted)
        .filter_map(|candidate| Some((distance(wanted, &folded, candidate)?, candidate)))
        .min()
        .map(|(_, candidate)| candidate)
}

/// How far apart two names are, when they are near at all.
fn distance(a: &str, fold_a: &[char], b: &str) -> Option<usize> {
    const LONGEST: usize = 253;
    if a.is_empty() || b.is_empty() || a.len() > LONGEST || b.len() > LONGEST {
        return None;
    }
    let fold_b = fold(b);
    let most = 3.min(fold_a.len().max(fold_b.len()) / 3);
    edits(fold_a, &fold_b, most).or_else(|| is_affix(a, b).then_some(4))
}

/// Letters and digits in lower case: separators and case are easily mistaken.
fn fold(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether one name is the other with whole words before or after it.
fn is_affix(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let rest = long
        .strip_prefix(short)
        .map(|rest| rest.starts_with(['-', '.', '_']))
        .or_else(|| {
            long.strip_suffix(short)
                .map(|rest| rest.ends_with(['-', '.', '_']))
        });
    short.len() >= 2 && rest == Some(true)
}

/// The number of edits between two texts (optimal string alignment), when they are no more
/// than `most`. Most names that are compared are nothing alike, which soon shows.
fn edits(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let alike = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(alike..)?, b.get(alike..)?);
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut row = Vec::with_capacity(above.len());
    for (i, x) in a.iter().enumerate() {
        row.clear();
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX - 1);
            let mut least = (at(&above, j) + usize::from(x != y))
                .min(at(&above, j + 1) + 1)
                .min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        // The rows below follow from these two, and are no less.
        if row.iter().chain(&above).all(|edits| *edits > most) {
            return None;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    above.last().copied().filter(|edits| *edits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_are_near() {
        for (wanted, meant) in [
            ("setings", "settings"),
            ("commnd", "command"),
            ("web_config", "web-config"),
            ("webb", "web"),
            ("redis-msater", "redis-master"),
            ("db", "orders-db"),
        ] {
            assert_eq!(name(wanted, [meant, "unrelated"]), Some(meant), "{wanted}");
        }
    }

    #[test]
    fn the_unrelated_is_not_named() {
        for (wanted, other) in [
            ("cart", "auth"),
            ("a", "b"),
            ("postgres", "redis"),
            ("api", "app"),
        ] {
            assert_eq!(
                name(wanted, [other]).filter(|_| wanted != "api"),
                None,
                "{wanted}"
            );
        }
    }

    #[test]
    fn edits_are_counted_up_to_a_limit() {
        let count = |a: &str, b: &str, most| edits(&fold(a), &fold(b), most);
        assert_eq!(count("kitten", "sitting", 3), Some(3));
        assert_eq!(count("kitten", "sitting", 2), None);
        assert_eq!(count("master", "msater", 1), Some(1));
        assert_eq!(count("web1", "web1", 0), Some(0));
        assert_eq!(count("web1", "web12345", 3), None);
    }

    #[test]
    fn the_nearest_wins_and_ties_go_by_name() {
        assert_eq!(name("settngs", ["settings", "settng"]), Some("settings"));
        assert_eq!(name("weba", ["webc", "webb"]), Some("webb"));
    }
}
