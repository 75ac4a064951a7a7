use leptos::prelude::*;
use leptos_router::hooks::use_location;
use podside_model::Lang;

use super::{Glyph, Icon, Palette};
use crate::address::{self, use_place};
use crate::preferences::{LANG_QUERY, Preferences, THEME_QUERY, Theme};
use crate::words::FrameWords;

/// The places in the masthead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// What is broken; problems and objects belong to it.
    Triage,
    /// The runbooks and a walk through one.
    Runbooks,
    /// Logs.
    Logs,
    /// Past investigations; what they left belongs to it.
    History,
}

impl Page {
    /// The place that a path belongs to.
    pub fn of_path(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("runbooks" | "investigations") => Self::Runbooks,
            Some("logs") => Self::Logs,
            Some("history" | "leftovers") => Self::History,
            _ => Self::Triage,
        }
    }
}

/// Mark and word, the places, language and theme.
#[component]
pub fn Masthead() -> impl IntoView {
    let Preferences { lang, .. } = Preferences::current();
    let w = FrameWords::of(lang);
    let location = use_location();
    let place = use_place();
    let page = Memo::new(move |_| location.pathname.with(|path| Page::of_path(path)));
    // Whoever opens a link may have no right on any of the places.
    let alone = Memo::new(move |_| location.pathname.with(|path| path.starts_with("/shared/")));
    let back = move || {
        let query = location.search.get();
        let query = query.trim_start_matches('?');
        let path = location.pathname.get();
        if query.is_empty() {
            path
        } else {
            format!("{path}?{query}")
        }
    };
    let link = move |to: Page, text: &'static str| {
        let href = move || {
            let place = place.get();
            match to {
                Page::Triage => address::triage(&place),
                Page::Runbooks => address::runbooks(&place),
                Page::Logs => address::logs(&place, None),
                Page::History => address::history(&place),
            }
        };
        let current = move || (page.get() == to).then_some("page");
        view! { <a href=href aria-current=current>{text}</a> }.into_any()
    };
    let links = move || {
        view! {
            {link(Page::Triage, w.triage)}
            {link(Page::Runbooks, w.runbooks)}
            {link(Page::Logs, w.logs)}
            {link(Page::History, w.history)}
        }
    };
    let theme = move |theme: Theme, text: &'static str, glyph: Glyph| {
        let href = move || address::preference(THEME_QUERY, theme.as_str(), &back());
        let class = format!("to-{}", theme.as_str());
        view! { <a class=class href=href rel="external nofollow"><Icon glyph/>{text}</a> }
            .into_any()
    };
    // What one does with a page that a link opened; a dead link has nothing to be kept.
    let keep = move || {
        let href = format!("{}/markdown", location.pathname.get());
        view! {
            <button type="button" class="print keep" on:click=|_| print()><Icon glyph=Glyph::Print/>{w.print}</button>
            <a class="keep" href=href rel="external nofollow" download=""><Icon glyph=Glyph::Down/>"Markdown"</a>
        }
    };
    let tools = move || {
        let other = match lang {
            Lang::En => Lang::Ja,
            Lang::Ja => Lang::En,
        };
        let href = move || address::preference(LANG_QUERY, other.tag(), &back());
        view! {
            <a href=href lang=other.tag() hreflang=other.tag() rel="external nofollow">{other.own_name()}</a>
            {theme(Theme::Dark, w.dark, Glyph::Moon)}
            {theme(Theme::Light, w.light, Glyph::Sun)}
            {alone.get().then(keep)}
        }
    };
    view! {
        <header class="masthead">
            <a class="brand" href=move || address::triage(&place.get()) aria-label=w.front>
                <Mark/>
                <Word/>
            </a>
            {move || (!alone.get()).then(|| view! { <nav aria-label=w.places>{links()}</nav><Palette/> })}
            <div class="tools">{tools}</div>
            <details class="menu">
                <summary class="button"><Icon glyph=Glyph::Menu/>{w.menu}</summary>
                <div>
                    {move || (!alone.get()).then(|| view! { <nav aria-label=w.menu>{links()}<a href=move || address::find(&place.get())>{w.find_or_do}</a></nav> })}
                    <div class="tools">{tools}</div>
                </div>
            </details>
        </header>
    }
    .into_any()
}

/// Opens the browser's own dialog for printing.
fn print() {
    // Nothing is lost where the browser has none.
    let _ = window().print();
}

/// The mark: a stem at the side and a Pod that never touches it.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg width="22" height="24" viewBox="0 0 26 28" aria-hidden="true">
            <rect x="1" y="1" width="5" height="26" rx="1.5" fill="currentColor"></rect>
            <path
                d="M16.2 1.6l6.7 3.9a2.6 2.6 0 0 1 1.3 2.25v6.5a2.6 2.6 0 0 1-1.3 2.25l-6.7 3.9a2.6 2.6 0 0 1-2.6 0l-3.4-2a1.7 1.7 0 0 1-.85-1.47V5.07a1.7 1.7 0 0 1 .85-1.47l3.4-2a2.6 2.6 0 0 1 2.6 0z"
                fill="currentColor"
            ></path>
        </svg>
    }
}

/// The word as outlines of its typeface, so that it looks the same before the fonts
/// are there.
#[component]
fn Word() -> impl IntoView {
    view! {
        <svg width="87" height="24" viewBox="0 0 101 28" aria-hidden="true">
            <path d=WORD fill="currentColor"></path>
        </svg>
    }
}

/// "Podside" in Atkinson Hyperlegible Next 700.
const WORD: &str = "M5.56 21L1.62 21L1.62 2.96L9.37 2.96Q11.31 2.96 12.91 3.57Q14.50 4.18 15.44 5.46Q16.39 6.74 16.39 8.80Q16.39 10.82 15.44 12.12Q14.50 13.41 12.91 14.01Q11.31 14.60 9.37 14.60L5.56 14.60L5.56 21M5.56 6.31L5.56 11.25L9.29 11.25Q10.56 11.25 11.41 10.70Q12.26 10.15 12.26 8.80Q12.26 7.45 11.41 6.88Q10.56 6.31 9.29 6.31L5.56 6.31M24.38 21.32Q23 21.32 21.76 20.91Q20.52 20.49 19.53 19.62Q18.55 18.76 17.98 17.44Q17.41 16.11 17.41 14.30Q17.41 12.47 17.98 11.14Q18.55 9.82 19.53 8.96Q20.52 8.09 21.76 7.68Q23 7.26 24.38 7.26Q25.73 7.26 26.97 7.68Q28.21 8.09 29.20 8.96Q30.19 9.82 30.77 11.14Q31.35 12.47 31.35 14.30Q31.35 16.11 30.77 17.44Q30.19 18.76 29.20 19.62Q28.21 20.49 26.97 20.91Q25.73 21.32 24.38 21.32M24.38 18.35Q25.22 18.35 25.93 17.96Q26.65 17.57 27.07 16.68Q27.49 15.79 27.49 14.30Q27.49 12.79 27.07 11.90Q26.65 11.01 25.93 10.62Q25.22 10.23 24.38 10.23Q23.52 10.23 22.82 10.62Q22.11 11.01 21.68 11.90Q21.25 12.79 21.25 14.30Q21.25 15.79 21.68 16.68Q22.11 17.57 22.82 17.96Q23.52 18.35 24.38 18.35M38.53 21.32Q36.85 21.32 35.52 20.47Q34.18 19.62 33.43 18.02Q32.67 16.41 32.67 14.22Q32.67 12.04 33.43 10.48Q34.18 8.93 35.52 8.09Q36.85 7.26 38.53 7.26Q39.74 7.26 40.89 7.82Q42.04 8.39 42.66 9.50L42.66 1.88L46.41 1.88L46.41 15.79Q46.41 16.73 46.51 18.10Q46.60 19.46 46.87 21L43.31 21L42.77 19.25Q41.93 20.32 40.82 20.82Q39.72 21.32 38.53 21.32M39.72 18.38Q40.61 18.38 41.30 17.95Q41.98 17.52 42.40 16.61Q42.82 15.71 42.82 14.30Q42.82 12.17 41.92 11.19Q41.01 10.20 39.72 10.20Q38.42 10.20 37.50 11.24Q36.58 12.28 36.58 14.22Q36.58 16.19 37.50 17.29Q38.42 18.38 39.72 18.38M54.59 21.35Q53.08 21.35 51.80 20.95Q50.52 20.54 49.57 19.79Q48.63 19.03 48.14 17.92L51.38 16.76Q51.62 17.63 52.57 18.10Q53.51 18.57 54.65 18.57Q55.67 18.57 56.46 18.21Q57.24 17.84 57.24 17.14Q57.24 16.63 56.75 16.29Q56.27 15.95 55.05 15.73L52.89 15.36Q51.62 15.11 50.67 14.63Q49.71 14.14 49.15 13.36Q48.60 12.58 48.60 11.47Q48.60 10.09 49.44 9.15Q50.27 8.20 51.64 7.73Q53 7.26 54.57 7.26Q56.46 7.26 58.09 7.96Q59.72 8.66 60.48 10.31L57.24 11.47Q56.94 10.74 56.21 10.38Q55.48 10.01 54.46 10.01Q53.38 10.01 52.78 10.36Q52.19 10.71 52.19 11.28Q52.19 11.77 52.60 12.04Q53 12.31 53.95 12.49L56.19 12.90Q57.78 13.20 58.82 13.67Q59.86 14.14 60.37 14.91Q60.88 15.68 60.88 16.90Q60.88 18.35 60.03 19.35Q59.18 20.35 57.77 20.85Q56.35 21.35 54.59 21.35M67.53 21L63.75 21L63.75 10.47L61.59 10.47L61.59 7.61L67.53 7.61L67.53 21M65.45 5.34Q64.50 5.34 63.83 4.66Q63.15 3.99 63.15 3.05Q63.15 2.07 63.83 1.41Q64.50 0.75 65.45 0.75Q66.42 0.75 67.08 1.41Q67.74 2.07 67.74 3.05Q67.74 3.99 67.07 4.66Q66.39 5.34 65.45 5.34M75.47 21.32Q73.79 21.32 72.45 20.47Q71.12 19.62 70.36 18.02Q69.61 16.41 69.61 14.22Q69.61 12.04 70.36 10.48Q71.12 8.93 72.45 8.09Q73.79 7.26 75.47 7.26Q76.68 7.26 77.83 7.82Q78.98 8.39 79.60 9.50L79.60 1.88L83.35 1.88L83.35 15.79Q83.35 16.73 83.44 18.10Q83.54 19.46 83.81 21L80.24 21L79.70 19.25Q78.87 20.32 77.76 20.82Q76.65 21.32 75.47 21.32M76.65 18.38Q77.54 18.38 78.23 17.95Q78.92 17.52 79.34 16.61Q79.76 15.71 79.76 14.30Q79.76 12.17 78.85 11.19Q77.95 10.20 76.65 10.20Q75.36 10.20 74.44 11.24Q73.52 12.28 73.52 14.22Q73.52 16.19 74.44 17.29Q75.36 18.38 76.65 18.38M92.56 21.32Q90.40 21.32 88.78 20.46Q87.16 19.60 86.27 18Q85.37 16.41 85.37 14.25Q85.37 12.12 86.33 10.55Q87.29 8.98 88.90 8.12Q90.50 7.26 92.42 7.26Q94.04 7.26 95.35 7.86Q96.66 8.47 97.55 9.55Q98.44 10.63 98.86 12.10Q99.28 13.57 99.14 15.30L89.07 15.30Q89.24 16.14 89.57 16.72Q89.91 17.30 90.37 17.67Q90.83 18.03 91.38 18.19Q91.94 18.35 92.48 18.35Q93.45 18.35 94.15 18.06Q94.85 17.76 95.26 17.30L98.31 18.38Q97.34 19.87 95.80 20.59Q94.26 21.32 92.56 21.32M89.05 12.95L95.61 12.95Q95.58 12.06 95.16 11.43Q94.74 10.79 94.07 10.44Q93.39 10.09 92.50 10.09Q91.72 10.09 90.99 10.38Q90.26 10.66 89.76 11.27Q89.26 11.87 89.05 12.95";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_place_that_it_stands_under() {
        assert_eq!(Page::of_path("/"), Page::Triage);
        assert_eq!(Page::of_path("/problems/oom-killed/Pod/a/b"), Page::Triage);
        assert_eq!(Page::of_path("/runbooks/pod"), Page::Runbooks);
        assert_eq!(Page::of_path("/investigations/1"), Page::Runbooks);
    }
}
