//! Small and capital letters, in the browser by the browser: the tables of Unicode would
//! otherwise be in what it loads for its first page. Both sides follow Unicode's default.

/// The text in small letters.
pub(crate) fn small(text: &str) -> String {
    #[cfg(feature = "hydrate")]
    return js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(feature = "hydrate"))]
    text.to_lowercase()
}

/// The text in capital letters.
pub(crate) fn capital(text: &str) -> String {
    #[cfg(feature = "hydrate")]
    return js_sys::JsString::from(text).to_upper_case().into();
    #[cfg(not(feature = "hydrate"))]
    text.to_uppercase()
}
