use leptos::prelude::*;

/// A 16 px line drawing. Always stands beside a word, so it says nothing to a
/// screen reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named for what it draws")]
pub enum Glyph {
    Absence,
    Arrow,
    Back,
    Book,
    Clock,
    Command,
    Copy,
    Down,
    Event,
    Field,
    Link,
    Lock,
    Log,
    Menu,
    Moon,
    Note,
    Pause,
    Pin,
    Play,
    Print,
    Search,
    Share,
    Sun,
    Terminal,
    Wrap,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Absence => {
                "M2.5 4.9V3.5a1 1 0 0 1 1-1h1.4M6.9 2.5h2.2M11.1 2.5h1.4a1 1 0 0 1 1 1v1.4M13.5 6.9v2.2M13.5 11.1v1.4a1 1 0 0 1-1 1h-1.4M9.1 13.5H6.9M4.9 13.5H3.5a1 1 0 0 1-1-1v-1.4M2.5 9.1V6.9M5.8 8h4.4"
            }
            Self::Arrow => "M2.5 8h11M9.5 4l4 4-4 4",
            Self::Back => "M6.5 2.5L2.5 6.5l4 4M2.5 6.5H9a4 4 0 0 1 0 8H6",
            Self::Book => {
                "M8 4C6.5 3 4.5 2.8 2.5 3v9.5c2-.2 4 0 5.5 1 1.5-1 3.5-1.2 5.5-1V3c-2-.2-4 0-5.5 1zM8 4v9.5"
            }
            Self::Clock => "M14 8a6 6 0 1 1-12 0 6 6 0 1 1 12 0zM8 4.5V8l2.3 1.6",
            Self::Command => "M2.5 4.5L6 8l-3.5 3.5M8 12h5.5",
            Self::Copy => {
                "M6.7 5.5h5.6a1.2 1.2 0 0 1 1.2 1.2v5.6a1.2 1.2 0 0 1-1.2 1.2H6.7a1.2 1.2 0 0 1-1.2-1.2V6.7a1.2 1.2 0 0 1 1.2-1.2zM10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"
            }
            Self::Down => "M8 2v8M4.8 7.2L8 10.4l3.2-3.2M3 13.5h10",
            Self::Event => {
                "M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M10.7 8a2.7 2.7 0 1 1-5.4 0 2.7 2.7 0 1 1 5.4 0z"
            }
            Self::Field => {
                "M5.5 2.5c-2 0-2 1.2-2 2.6S3.2 8 2 8c1.2 0 1.5 1.4 1.5 2.9s0 2.6 2 2.6M10.5 2.5c2 0 2 1.2 2 2.6S12.8 8 14 8c-1.2 0-1.5 1.4-1.5 2.9s0 2.6-2 2.6"
            }
            Self::Link => {
                "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.8-.8"
            }
            Self::Lock => {
                "M4 7h8a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1zM5 7V5a3 3 0 0 1 6 0v2"
            }
            Self::Log => "M2.5 4h11M2.5 8h8M2.5 12h10",
            Self::Menu => "M2 4h12M2 8h12M2 12h12",
            Self::Moon => "M13 9.7A5.7 5.7 0 0 1 6.3 3a5.7 5.7 0 1 0 6.7 6.7z",
            Self::Note => "M3 2.5h10v7.5l-3.5 3.5H3zM9.5 13.5V10H13",
            Self::Pause => "M5 3v10M11 3v10",
            Self::Pin => "M6 2h4l-.5 4.5 2.5 2.5H4l2.5-2.5zM8 9v5",
            Self::Play => "M4.5 2.8v10.4L13 8z",
            Self::Print => "M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
            Self::Search => "M11.3 7a4.3 4.3 0 1 1-8.6 0 4.3 4.3 0 1 1 8.6 0zM10.3 10.3L14 14",
            Self::Share => "M8 10V2M5 4.6L8 1.8l3 2.8M3 8v5.2h10V8",
            Self::Sun => {
                "M11 8a3 3 0 1 1-6 0 3 3 0 1 1 6 0zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1"
            }
            Self::Terminal => {
                "M3 2.8h10a1.2 1.2 0 0 1 1.2 1.2v8a1.2 1.2 0 0 1-1.2 1.2H3A1.2 1.2 0 0 1 1.8 12V4A1.2 1.2 0 0 1 3 2.8zM4.5 6l2 2-2 2M8.5 10.5h3"
            }
            Self::Wrap => "M2 4h12M2 8h9.5a2.2 2.2 0 0 1 0 4.5H8M9.8 10.6L8 12.5l1.8 1.9M2 12.5h3",
        }
    }
}

/// A glyph as an inline drawing in the colour of its text.
#[component]
pub fn Icon(
    /// What it draws.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path d=glyph.path()></path>
        </svg>
    }
    .into_any()
}
