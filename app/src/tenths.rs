//! Numbers with one decimal, for drawings.
//!
//! They are whole tenths: what writes floating-point numbers would be a fiftieth of all that
//! the front page loads.

/// So many tenths, as an attribute of a drawing has them.
pub fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

/// `part` of `whole`, where all of it is so many tenths; nothing of an empty whole.
pub fn share(part: u64, whole: u64, tenths: u64) -> u64 {
    let share = u128::from(part) * u128::from(tenths) / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_have_one_decimal() {
        assert_eq!(tenths(0), "0.0");
        assert_eq!(tenths(2_085), "208.5");
    }

    #[test]
    fn a_share_never_overflows() {
        assert_eq!(share(1, 3, 2_400), 800);
        assert_eq!(share(0, 0, 2_400), 0);
        assert_eq!(share(u64::MAX, 1, 2_400), u64::MAX);
        assert_eq!(share(u64::MAX, u64::MAX, 2_400), 2_400);
    }
}
