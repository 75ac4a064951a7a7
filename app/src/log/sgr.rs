use std::borrow::Cow;

/// One of the eight colours of SGR (ECMA-48, section 8.3.117). The bright ones are
/// drawn as the plain ones: the page's palette has one of each hue that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// 0
    Black,
    /// 1
    Red,
    /// 2
    Green,
    /// 3
    Yellow,
    /// 4
    Blue,
    /// 5
    Magenta,
    /// 6
    Cyan,
    /// 7
    White,
}

impl Colour {
    const ALL: [Self; 8] = [
        Self::Black,
        Self::Red,
        Self::Green,
        Self::Yellow,
        Self::Blue,
        Self::Magenta,
        Self::Cyan,
        Self::White,
    ];

    fn numbered(number: u16) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The colour of the 256 that xterm has: 16 named ones, a cube of 6 × 6 × 6, greys.
    fn of_256(number: u16) -> Option<Self> {
        match number {
            0..=15 => Self::numbered(number % 8),
            16..=231 => {
                let at = number - 16;
                let part = |n: u16| n * 51;
                Some(Self::near(part(at / 36), part(at / 6 % 6), part(at % 6)))
            }
            232..=243 => Some(Self::Black),
            _ => Some(Self::White),
        }
    }

    /// The colour that has the strong parts of a true colour.
    fn near(red: u16, green: u16, blue: u16) -> Self {
        let strongest = red.max(green).max(blue);
        let strong = |part: u16| usize::from(part > 64 && part * 3 >= strongest * 2);
        let at = strong(red) + 2 * strong(green) + 4 * strong(blue);
        Self::ALL.get(at).copied().unwrap_or(Self::White)
    }

    /// The name in the page's classes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Black => "black",
            Self::Red => "red",
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Blue => "blue",
            Self::Magenta => "magenta",
            Self::Cyan => "cyan",
            Self::White => "white",
        }
    }
}

/// How a part of a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// The colour of the letters.
    pub colour: Option<Colour>,
    /// The colour of the ground.
    pub ground: Option<Colour>,
    /// Bold.
    pub bold: bool,
    /// Underlined.
    pub underlined: bool,
}

impl Style {
    fn apply(&mut self, parameters: &str) {
        let mut numbers = parameters.split([';', ':']).map(|n| {
            if n.is_empty() {
                0
            } else {
                n.parse().unwrap_or(u16::MAX)
            }
        });
        while let Some(number) = numbers.next() {
            match number {
                0 => *self = Self::default(),
                1 => self.bold = true,
                4 => self.underlined = true,
                22 => self.bold = false,
                24 => self.underlined = false,
                30..=37 => self.colour = Colour::numbered(number - 30),
                90..=97 => self.colour = Colour::numbered(number - 90),
                38 => self.colour = extended(&mut numbers),
                39 => self.colour = None,
                40..=47 => self.ground = Colour::numbered(number - 40),
                100..=107 => self.ground = Colour::numbered(number - 100),
                48 => self.ground = extended(&mut numbers),
                49 => self.ground = None,
                _ => {}
            }
        }
    }
}

/// What follows 38 or 48: `5;N` of 256 colours, or `2;R;G;B`.
fn extended(numbers: &mut impl Iterator<Item = u16>) -> Option<Colour> {
    match numbers.next()? {
        5 => Colour::of_256(numbers.next()?),
        2 => {
            let mut part = || numbers.next().map(|n| n.min(255));
            Some(Colour::near(part()?, part()?, part()?))
        }
        _ => None,
    }
}

const ESCAPE: char = '\u{1b}';

/// The parts of a line with the style of each. The escapes themselves are gone.
pub fn styled(line: &str) -> Vec<(Style, &str)> {
    let mut parts = Vec::new();
    let mut style = Style::default();
    for (at, piece) in line.split(ESCAPE).enumerate() {
        let text = match (at, sequence(piece)) {
            (1.., Some((parameters, text))) => {
                style.apply(parameters);
                text
            }
            _ => piece,
        };
        if !text.is_empty() {
            parts.push((style, text));
        }
    }
    parts
}

/// The line without its colours.
pub fn plain(line: &str) -> Cow<'_, str> {
    if line.contains(ESCAPE) {
        styled(line).into_iter().map(|(_, text)| text).collect()
    } else {
        Cow::Borrowed(line)
    }
}

/// The parameters of an SGR sequence after its escape, and what follows it.
fn sequence(piece: &str) -> Option<(&str, &str)> {
    let rest = piece.strip_prefix('[')?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == ':'))?;
    let (parameters, rest) = rest.split_at_checked(end)?;
    Some((parameters, rest.strip_prefix('m')?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colours_begin_change_and_end() {
        let red = Style {
            colour: Some(Colour::Red),
            ..Style::default()
        };
        let bold = Style { bold: true, ..red };
        assert_eq!(
            styled("a \u{1b}[31mred \u{1b}[1mbold\u{1b}[0m end"),
            [
                (Style::default(), "a "),
                (red, "red "),
                (bold, "bold"),
                (Style::default(), " end")
            ]
        );
        assert_eq!(plain("a\u{1b}[31mb\u{1b}[m"), "ab");
        assert_eq!(plain("plain"), "plain");
    }

    #[test]
    fn many_colours_become_the_nearest_of_eight() {
        let colour = |line| styled(line).first().and_then(|(style, _)| style.colour);
        assert_eq!(colour("\u{1b}[38;5;196mx"), Some(Colour::Red));
        assert_eq!(colour("\u{1b}[38;2;30;200;210mx"), Some(Colour::Cyan));
        assert_eq!(colour("\u{1b}[38:2:250:240:10mx"), Some(Colour::Yellow));
        assert_eq!(colour("\u{1b}[95mx"), Some(Colour::Magenta));
        assert_eq!(colour("\u{1b}[38;5mx"), None);
        assert_eq!(colour("\u{1b}[38;9;1mx"), None);
    }

    #[test]
    fn what_is_no_sequence_is_text() {
        assert_eq!(plain("a\u{1b}b\u{1b}[2Jc\u{1b}[31"), "ab[2Jc[31");
    }

    proptest! {
        #[test]
        fn any_text_is_split_without_loss(text in "(\\PC|\u{1b}|\\[|[0-9;m]){0,60}") {
            let joined: String = styled(&text).into_iter().map(|(_, t)| t).collect();
            prop_assert!(!joined.contains(ESCAPE));
            prop_assert_eq!(joined, plain(&text).into_owned());
        }
    }
}
