//! The reader's language and theme.
//!
//! The server reads them from the request and stamps them on `<html>`; the browser
//! reads them from there, so that the first render is the same on both sides and
//! nothing flashes.

use leptos::prelude::*;
use podside_model::Lang;

/// Query parameter that chooses the language, for one request or to be kept.
pub const LANG_QUERY: &str = "lang";
/// Query parameter that chooses the theme to be kept.
pub const THEME_QUERY: &str = "theme";
/// Query parameter with the page to come back to when a choice is kept.
pub const BACK_QUERY: &str = "back";
/// Cookie that keeps the language.
pub const LANG_COOKIE: &str = "podside_lang";
/// Cookie that keeps the theme.
pub const THEME_COOKIE: &str = "podside_theme";

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on paper.
    Light,
    /// Light ink on slate.
    Dark,
}

impl Theme {
    /// The word in the cookie and in `data-theme`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with this word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }
}

/// How this reader wants pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// The language of every text.
    pub lang: Lang,
    /// The chosen theme; `None` follows the system's.
    pub theme: Option<Theme>,
}

impl Preferences {
    /// What a request asks for: the query goes before the cookie, and the cookie
    /// before `Accept-Language`.
    pub fn of_request(query: &str, cookies: &str, accept_language: &str) -> Self {
        let lang = pair(query, '&', LANG_QUERY)
            .or_else(|| pair(cookies, ';', LANG_COOKIE))
            .and_then(|tag| tag.parse().ok())
            .unwrap_or_else(|| Lang::from_accept_language(accept_language));
        Self {
            lang,
            theme: pair(cookies, ';', THEME_COOKIE).and_then(Theme::parse),
        }
    }

    /// The preferences of the page that is being rendered: from the server's
    /// context, or in the browser from the document that the server sent.
    pub fn current() -> Self {
        use_context::<Self>().unwrap_or_else(Self::of_document)
    }

    #[cfg(feature = "hydrate")]
    fn of_document() -> Self {
        let root = document().document_element();
        let attribute = |name| root.as_ref().and_then(|root| root.get_attribute(name));
        Self {
            lang: attribute("lang")
                .and_then(|tag| tag.parse().ok())
                .unwrap_or_default(),
            theme: attribute("data-theme").and_then(|word| Theme::parse(&word)),
        }
    }

    #[cfg(not(feature = "hydrate"))]
    fn of_document() -> Self {
        Self::default()
    }
}

/// The language of the page that is being rendered.
pub fn lang() -> Lang {
    Preferences::current().lang
}

/// The value of `name` in `a=1&b=2` or `a=1; b=2`.
fn pair<'a>(pairs: &'a str, separator: char, name: &str) -> Option<&'a str> {
    pairs
        .split(separator)
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_goes_before_the_cookie_and_the_cookie_before_the_header() {
        let lang = |query, cookies, header| Preferences::of_request(query, cookies, header).lang;
        assert_eq!(lang("a=b&lang=ja", "podside_lang=en", "en"), Lang::Ja);
        assert_eq!(lang("", "x=1; podside_lang=ja", "en"), Lang::Ja);
        assert_eq!(lang("", "", "ja"), Lang::Ja);
        assert_eq!(lang("lang=xx", "", "ja"), Lang::Ja);
        assert_eq!(lang("", "", ""), Lang::En);
    }

    #[test]
    fn an_unknown_theme_follows_the_system() {
        let theme = |cookies| Preferences::of_request("", cookies, "").theme;
        assert_eq!(theme("podside_theme=dark"), Some(Theme::Dark));
        assert_eq!(theme("podside_theme=\"><script>"), None);
        assert_eq!(theme(""), None);
    }
}
