//! What two printed texts have in common when only time has passed.

/// Lines without the length of blanks, ages and moments.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().map(line).filter(|l| !l.is_empty()).collect()
}

fn line(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(word).collect();
    let mut out = words.join(" ");
    // "Fri, 20 Nov 2026 20:28:04 +0000" is a moment of six words.
    while let Some((start, end)) = moment(&out) {
        out.replace_range(start..end, "TIME");
    }
    out
}

fn word(word: &str) -> String {
    let inner = word.trim_matches(|c| "(),".contains(c));
    if is_age(inner) || inner == "<invalid>" {
        return word.replace(inner, "AGE");
    }
    if inner.parse::<jiff::Timestamp>().is_ok() {
        return word.replace(inner, "TIME");
    }
    word.to_owned()
}

/// Numbers with units, like `55s`, `2m35s`, `4d`.
fn is_age(text: &str) -> bool {
    let mut digits = 0;
    for c in text.chars() {
        match c {
            '0'..='9' => digits += 1,
            's' | 'm' | 'h' | 'd' | 'y' if digits > 0 => digits = 0,
            _ => return false,
        }
    }
    digits == 0 && !text.is_empty()
}

fn moment(line: &str) -> Option<(usize, usize)> {
    const DAYS: [&str; 7] = [
        "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, ", "Sun, ",
    ];
    const LENGTH: usize = "Fri, 20 Nov 2026 20:28:04 +0000".len();
    let start = DAYS.iter().filter_map(|d| line.find(d)).min()?;
    let end = start + LENGTH;
    line.get(start..end)?
        .ends_with("+0000")
        .then_some((start, end))
}

#[test]
fn ages_and_moments() {
    assert_eq!(
        lines(
            "a   3 (18s ago)  55s\nStart Time:  Fri, 20 Nov 2026 20:28:04 +0000\n\n 2026-11-20T20:28:04Z"
        ),
        ["a 3 (AGE ago) AGE", "Start Time: TIME", "TIME"]
    );
}
