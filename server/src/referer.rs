//! The page that a request came from.

use axum::http::header::{HeaderMap, REFERER};

use crate::foreign_text::cleaned;

/// The path and query of the page that a request came from, when it says so. It may name
/// any page, of another host too, so it is good for leading back and nothing else.
pub(crate) fn page(headers: &HeaderMap) -> Option<String> {
    let url = url::Url::parse(headers.get(REFERER)?.to_str().ok()?).ok()?;
    let path = url.path();
    // `//host` leads elsewhere.
    if !path.starts_with('/') || path.starts_with("//") {
        return None;
    }
    let page = match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    Some(cleaned(&page).unwrap_or(page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_path_of_this_host() {
        let mut headers = HeaderMap::new();
        assert_eq!(page(&headers), None);
        for (referer, expected) in [
            ("http://localhost/history?words=a", Some("/history?words=a")),
            ("http://localhost", Some("/")),
            (
                "http://localhost/?namespace=a%E2%80%AEb",
                Some("/?namespace=ab"),
            ),
            ("http://evil.example//x", None),
            ("http://evil.example/\\x", None),
            ("javascript:alert(1)", None),
            ("not a URL", None),
        ] {
            headers.insert(REFERER, referer.parse().unwrap());
            assert_eq!(page(&headers).as_deref(), expected, "{referer}");
        }
    }
}
