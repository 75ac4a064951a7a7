use leptos::prelude::*;
use podside_model::Severity;

use crate::preferences::lang;
use crate::words::SeverityWords;

/// What a mark says, by its shape, its colour and its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Filled square with a cross.
    Critical,
    /// Filled triangle.
    Warning,
    /// Ring.
    Info,
    /// Diamond, open at its corners.
    Unknown,
    /// The same with a dot inside: it was seen, and nobody can say why.
    Unexplained,
    /// Open ring.
    Unsettled,
    /// Bare tick.
    Healthy,
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::Critical,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Info,
        }
    }
}

impl Tone {
    /// The class that carries its colour.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Unknown => "unknown",
            Self::Unexplained => "unexplained",
            Self::Unsettled => "unsettled",
            Self::Healthy => "healthy",
        }
    }

    const fn drawing(self) -> &'static str {
        match self {
            Self::Critical => {
                r#"<rect x="1" y="1" width="16" height="16" rx="2" fill="currentColor"></rect><path d="M5.6 5.6l6.8 6.8M12.4 5.6l-6.8 6.8" stroke="var(--paper)" stroke-width="2.2" stroke-linecap="round"></path>"#
            }
            Self::Warning => {
                r#"<path d="M9 1.2L17.6 16.4H.4z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"></path><path d="M9 6.6v4.6M9 13.6v.1" stroke="var(--paper)" stroke-width="2.1" stroke-linecap="round"></path>"#
            }
            Self::Info => {
                r#"<circle cx="9" cy="9" r="7.6" fill="none" stroke="currentColor" stroke-width="1.9"></circle><path d="M9 8.3v4.4M9 5.4v.1" stroke="currentColor" stroke-width="2.1" stroke-linecap="round"></path>"#
            }
            Self::Unknown => {
                r#"<path d="M9 .8L17.2 9 9 17.2 .8 9z" fill="none" stroke="currentColor" stroke-width="1.9" stroke-dasharray="0 1.9 7.8 1.89" stroke-linejoin="round"></path><path d="M7.2 7.3a1.85 1.85 0 1 1 2.5 1.7c-.5.25-.7.55-.7 1.05M9 12.5v.1" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round"></path>"#
            }
            Self::Unexplained => {
                r#"<path d="M9 .8L17.2 9 9 17.2 .8 9z" fill="none" stroke="currentColor" stroke-width="1.9" stroke-dasharray="0 1.9 7.8 1.89" stroke-linejoin="round"></path><circle cx="9" cy="9" r="2.3" fill="currentColor"></circle>"#
            }
            Self::Unsettled => {
                r#"<circle cx="9" cy="9" r="6.6" fill="none" stroke="currentColor" stroke-width="1.9"></circle>"#
            }
            Self::Healthy => {
                r#"<path d="M2.5 9.8l4.2 4.3 8.8-10" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"></path>"#
            }
        }
    }

    /// The word that stands beside the shape when none is more exact.
    pub(crate) fn word(self, w: &SeverityWords) -> &'static str {
        match self {
            Self::Critical => w.critical,
            Self::Warning => w.warning,
            Self::Info => w.info,
            Self::Unknown => w.unknown,
            Self::Unexplained => w.unexplained,
            Self::Unsettled => w.unsettled,
            Self::Healthy => w.healthy,
        }
    }
}

/// The shape and the word of a severity. Only they are coloured, never the row.
#[component]
pub fn SeverityMark(
    /// What it says.
    #[prop(into)]
    tone: Tone,
    /// A word more exact than the severity's own.
    #[prop(optional, into)]
    word: Option<String>,
    /// 30 px instead of 18, for a lead.
    #[prop(optional)]
    large: bool,
    /// Leaves the word to screen readers, where the text beside the shape says it.
    #[prop(optional)]
    shape_only: bool,
) -> impl IntoView {
    let word = word.unwrap_or_else(|| tone.word(SeverityWords::of(lang())).to_owned());
    let class = format!(
        "severity {}{}",
        tone.class(),
        if large { " large" } else { "" }
    );
    view! {
        <span class=class>
            <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" inner_html=tone.drawing()></svg>
            <span class=if shape_only { "unseen" } else { "" }>{word}</span>
        </span>
    }
    .into_any()
}
