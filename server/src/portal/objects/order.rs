//! The order of what stands in columns: numbers by their value, ages by their length, the
//! rest by its letters.

use std::cmp::Ordering;

/// Compares two cells.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    match (seconds(one), seconds(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => natural(one, other),
    }
}

/// The length of an age as kubectl prints it, such as `5d3h`; `None` for other text.
fn seconds(text: &str) -> Option<u64> {
    if text.len() > 24 {
        return None;
    }
    let mut rest = text;
    let mut sum = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(digits)?;
        let unit = after.chars().next()?;
        let each = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'y' => 31_536_000,
            _ => return None,
        };
        sum = sum.checked_add(number.parse::<u64>().ok()?.checked_mul(each)?)?;
        rest = after.get(unit.len_utf8()..)?;
    }
    (!text.is_empty()).then_some(sum)
}

/// Compares texts so that the numbers in them count as numbers: `web-2` before `web-10`.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let (Some(a), Some(b)) = (one.chars().next(), other.chars().next()) else {
            return one.len().cmp(&other.len());
        };
        if a.is_ascii_digit() && b.is_ascii_digit() {
            let ((first, after), (second, beyond)) = (number(one), number(other));
            let order = first.len().cmp(&second.len()).then(first.cmp(second));
            if order != Ordering::Equal {
                return order;
            }
            (one, other) = (after, beyond);
            continue;
        }
        let order = a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase());
        if order != Ordering::Equal {
            return order;
        }
        one = one.get(a.len_utf8()..).unwrap_or_default();
        other = other.get(b.len_utf8()..).unwrap_or_default();
    }
}

/// The digits at the start of a text without the zeros in front, and what follows.
fn number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (digits, after) = text.split_at(end.unwrap_or(text.len()));
    (digits.trim_start_matches('0'), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut cells: Vec<&str>) -> Vec<&str> {
        cells.sort_by(|one, other| compare(one, other));
        cells
    }

    #[test]
    fn cells_are_in_the_order_of_what_they_mean() {
        assert_eq!(
            sorted(vec!["5d3h", "142m", "65s", "3y12d", "8h"]),
            ["65s", "142m", "8h", "5d3h", "3y12d"]
        );
        assert_eq!(
            sorted(vec!["10", "9", "4 (65s ago)", "0"]),
            ["0", "4 (65s ago)", "9", "10"]
        );
        assert_eq!(
            sorted(vec!["web-10", "web-2", "Web-1", "<none>"]),
            ["<none>", "Web-1", "web-2", "web-10"]
        );
        assert_eq!(
            sorted(vec!["1/1", "0/1", "0/10", "0/2"]),
            ["0/1", "0/2", "0/10", "1/1"]
        );
    }

    #[test]
    fn odd_cells_have_an_order_too() {
        for odd in ["", "日本", "99999999999999999999999d", "1d1", "d", "٣"] {
            assert_eq!(compare(odd, odd), Ordering::Equal, "{odd}");
            assert_eq!(compare(odd, "a"), compare("a", odd).reverse(), "{odd}");
        }
        assert_eq!(compare("007", "7"), Ordering::Equal);
    }
}
