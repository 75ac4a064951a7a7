//! Language and theme: read from each request, and kept in cookies by links that
//! need no JavaScript.

use axum::extract::RawQuery;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use leptos::prelude::{provide_context, use_context};
use podside_app::preferences::{
    BACK_QUERY, LANG_COOKIE, LANG_QUERY, Preferences, THEME_COOKIE, THEME_QUERY, Theme,
};
use podside_model::Lang;

/// How long a browser keeps a preference: a year.
const KEPT_SECONDS: u32 = 365 * 24 * 60 * 60;

/// Puts the preferences of the request that is being rendered into its context.
pub(crate) fn provide_preferences() {
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    let header = |name| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    provide_context(Preferences::of_request(
        parts.uri.query().unwrap_or_default(),
        header(COOKIE),
        header(ACCEPT_LANGUAGE),
    ));
}

/// `GET /preferences?lang=ja&back=/path`: keeps what the query names and goes back.
/// What it does not know is ignored; it is no more than a cookie of one's own.
pub(crate) async fn keep(RawQuery(query): RawQuery) -> Response {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let named = |name: &str| {
        pairs
            .iter()
            .find_map(|(key, value)| (key == name).then_some(value.as_str()))
    };
    let lang = named(LANG_QUERY).and_then(|tag| tag.parse::<Lang>().ok());
    let theme = named(THEME_QUERY).and_then(Theme::parse);
    let mut headers = HeaderMap::new();
    let cookies = [
        lang.map(|lang| (LANG_COOKIE, lang.tag())),
        theme.map(|theme| (THEME_COOKIE, theme.as_str())),
    ];
    for (name, value) in cookies.into_iter().flatten() {
        let cookie = format!("{name}={value}; Path=/; Max-Age={KEPT_SECONDS}; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }
    headers.insert(LOCATION, back(named(BACK_QUERY).unwrap_or("/")));
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The path to go back to: one of this Podside, else its front page. A language in
/// its query would go before the cookie, so it is dropped.
fn back(wanted: &str) -> HeaderValue {
    let front = HeaderValue::from_static("/");
    // `//host` and `/\host` lead elsewhere.
    let local = wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.contains('\\');
    let Some(uri) = wanted.parse::<Uri>().ok().filter(|_| local) else {
        return front;
    };
    let query: Vec<&str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(LANG_QUERY))
        .collect();
    let mut path = uri.path().to_owned();
    if !query.is_empty() {
        path.push('?');
        path.push_str(&query.join("&"));
    }
    HeaderValue::from_str(&path).unwrap_or(front)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer(query: &str) -> (StatusCode, Vec<String>, String) {
        let response = keep(RawQuery(Some(query.to_owned()))).await;
        let cookies = response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        let location = response.headers()[LOCATION].to_str().unwrap().to_owned();
        (response.status(), cookies, location)
    }

    #[tokio::test]
    async fn the_language_is_kept_and_the_place_too() {
        let (status, cookies, location) =
            answer("lang=ja&back=%2Fobjects%2FPod%2Fshop%2Fa%3Ftab%3Dyaml%26lang%3Den").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(location, "/objects/Pod/shop/a?tab=yaml");
        assert_eq!(cookies.len(), 1);
        assert!(cookies[0].starts_with("podside_lang=ja; Path=/; Max-Age="));
    }

    #[tokio::test]
    async fn back_never_leaves_this_podside() {
        for elsewhere in [
            "https://example.com/",
            "//example.com",
            "/\\example.com",
            "javascript:alert(1)",
            "",
            "/a b\r\nX: y",
        ] {
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("back", elsewhere)
                .finish();
            let (_, _, location) = answer(&query).await;
            assert_eq!(location, "/", "{elsewhere:?}");
        }
    }

    #[tokio::test]
    async fn unknown_values_set_no_cookie() {
        let (_, cookies, _) = answer("lang=xx&theme=%22%3E&back=/").await;
        assert!(cookies.is_empty());
        let (_, cookies, _) = answer("theme=dark").await;
        assert!(cookies[0].starts_with("podside_theme=dark;"));
    }
}
