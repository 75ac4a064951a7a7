//! The one table of characters that do not reach a reader as they are.

/// What becomes of a character of a foreign text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stays.
    Stays,
    /// It is left out: it steers a terminal or reorders the text around it.
    Goes,
    /// It begins an escape sequence, which is left out with it.
    Escapes,
    /// It joins or varies its neighbours, and stays between those that it is for.
    Joins,
    /// Nobody sees it, or everybody something else: its code point is shown.
    Named,
}

/// What becomes of a character.
///
/// Unseen are the default ignorable code points of Unicode (DerivedCoreProperties.txt),
/// the separators that break a line only for some readers, the annotation characters,
/// what is no character (Unicode, section 23.7), and what means something only by
/// private agreement: a font may draw any sign there.
pub(super) const fn fate(c: char) -> Fate {
    match c {
        // Asked first, because nearly all text is of these.
        ' '..='~' => Fate::Stays,
        '\u{1b}' => Fate::Escapes,
        // C0 but for tab and line feed, DEL and C1, then what reorders text (UAX #9).
        '\0'..='\u{8}'
        | '\u{b}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => Fate::Goes,
        '\u{200c}'..='\u{200d}' | '\u{fe0e}'..='\u{fe0f}' => Fate::Joins,
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'
        | '\u{2028}'..='\u{2029}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{fe00}'..='\u{fe0d}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
        | '\u{f0000}'..='\u{10ffff}' => Fate::Named,
        // The last two of each plane.
        c if c as u32 & 0xfffe == 0xfffe => Fate::Named,
        _ => Fate::Stays,
    }
}

/// Whether a [joining](Fate::Joins) character does its work where it stands: a choice
/// of form after a symbol, a joiner between two symbols of one emoji, or one between
/// two letters of a script whose spelling needs it (UAX #31, section 2.3.1). There it
/// changes what is seen; anywhere else it only hides.
pub(super) fn joins(before: Option<char>, joiner: char, after: Option<char>) -> bool {
    let Some(before) = before else {
        return false;
    };
    let after_is = |is: fn(char) -> bool| after.is_some_and(is);
    match joiner {
        '\u{fe0e}' | '\u{fe0f}' => {
            is_symbol(before)
                || (matches!(before, '0'..='9' | '#' | '*') && after == Some('\u{20e3}'))
        }
        _ => {
            let emoji = joiner == '\u{200d}'
                && (is_symbol(before) || before == '\u{fe0f}')
                && after_is(is_symbol);
            emoji || (is_joined_letter(before) && after_is(is_joined_letter))
        }
    }
}

/// Symbols of which some are drawn in two forms, and the pictures.
const fn is_symbol(c: char) -> bool {
    matches!(c,
        '©' | '®' | '\u{203c}' | '\u{2049}' | '\u{2100}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Letters of Arabic and its neighbours and of the scripts of India.
const fn is_joined_letter(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{dff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_character_is_named_in_every_plane() {
        for plane in 0..=0x10_u32 {
            for last in [0xfffe, 0xffff] {
                let c = char::from_u32((plane << 16) | last).unwrap();
                assert_eq!(fate(c), Fate::Named, "{last:x} of plane {plane}");
            }
        }
        assert_eq!(fate('\u{fffd}'), Fate::Stays);
        assert_eq!(fate('日'), Fate::Stays);
    }
}
