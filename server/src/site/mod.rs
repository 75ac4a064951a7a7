//! The site's files, embedded in the binary: wasm, JavaScript, style sheets,
//! fonts and icons, each precompressed when the site was built.

mod encoding;

use std::sync::OnceLock;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use podside_app::shell::{ClientFiles, SiteFiles};

use encoding::{Encoding, accepted};

// `FILES`, sorted by path, and `DOCUMENT`; made by build.rs from the built
// site. Both are empty when the binary is built without one.
include!(concat!(env!("OUT_DIR"), "/site_files.rs"));

/// One file in each of the encodings in which it is kept.
pub(crate) struct File {
    /// URL path, with its leading slash.
    path: &'static str,
    content_type: &'static str,
    /// Quoted, as the header wants it.
    etag: &'static str,
    /// Whether the path names this content for ever.
    immutable: bool,
    identity: &'static [u8],
    gzip: Option<&'static [u8]>,
    brotli: Option<&'static [u8]>,
}

/// The paths that the HTML document names, as the site's build wrote them.
struct Document {
    script: Option<&'static str>,
    wasm: Option<&'static str>,
    /// The wasm of each part of the client, by its name.
    parts: &'static [(&'static str, &'static [&'static str])],
    styles: &'static [&'static str],
    fonts: &'static [&'static str],
}

/// The file at this URL path.
pub(crate) fn find(path: &str) -> Option<&'static File> {
    let index = FILES.binary_search_by(|file| file.path.cmp(path)).ok()?;
    FILES.get(index)
}

/// The paths that the HTML document names.
pub(crate) fn files() -> &'static SiteFiles {
    static PATHS: OnceLock<SiteFiles> = OnceLock::new();
    let owned = |paths: &[&str]| paths.iter().map(ToString::to_string).collect();
    PATHS.get_or_init(|| SiteFiles {
        client: DOCUMENT
            .script
            .zip(DOCUMENT.wasm)
            .map(|(script, wasm)| ClientFiles {
                script: script.to_owned(),
                wasm: wasm.to_owned(),
                parts: DOCUMENT
                    .parts
                    .iter()
                    .map(|(name, wasm)| ((*name).to_owned(), owned(wasm)))
                    .collect(),
            }),
        styles: owned(DOCUMENT.styles),
        fonts: owned(DOCUMENT.fonts),
        reload: crate::reload::is_wanted(),
    })
}

impl File {
    /// Answers with the smallest encoding that the request accepts, or with
    /// 304 when the browser has the file already.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response {
        let cache_control = if self.immutable {
            "public, max-age=31536000, immutable"
        } else {
            "public, no-cache"
        };
        let (body, encoding) = self.body(request);
        let mut response = if self.is_known_to(request) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            body.into_response()
        };
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(self.content_type),
        );
        headers.insert(header::ETAG, HeaderValue::from_static(self.etag));
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(cache_control),
        );
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(name) = encoding.header() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        response
    }

    fn body(&self, request: &HeaderMap) -> (&'static [u8], Encoding) {
        let accepts = accepted(request);
        match (self.brotli, self.gzip) {
            (Some(body), _) if accepts.brotli => (body, Encoding::Brotli),
            (_, Some(body)) if accepts.gzip => (body, Encoding::Gzip),
            _ => (self.identity, Encoding::Identity),
        }
    }

    /// Whether `If-None-Match` names this content. The tag is weak in effect:
    /// it names the content, whatever its encoding.
    fn is_known_to(&self, request: &HeaderMap) -> bool {
        request
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|tag| {
                tag == "*"
                    || tag.strip_prefix("W/").unwrap_or(tag) == self.etag.trim_start_matches("W/")
            })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

    use super::{FILES, File};

    const FILE: File = File {
        path: "/a.css",
        content_type: "text/css; charset=utf-8",
        etag: "W/\"1\"",
        immutable: true,
        identity: b"identity",
        gzip: Some(b"gzip"),
        brotli: Some(b"brotli"),
    };

    fn request(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    fn encoding(accept: &'static str) -> Option<HeaderValue> {
        FILE.answer(&request(header::ACCEPT_ENCODING, accept))
            .headers()
            .get(header::CONTENT_ENCODING)
            .cloned()
    }

    #[test]
    fn the_smallest_accepted_encoding_is_sent() {
        assert_eq!(encoding("gzip, deflate, br, zstd").unwrap(), "br");
        assert_eq!(encoding("gzip").unwrap(), "gzip");
        assert_eq!(encoding("br;q=0, gzip").unwrap(), "gzip");
        assert_eq!(encoding("identity"), None);
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let response = FILE.answer(&request(header::IF_NONE_MATCH, "\"0\", W/\"1\""));
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        let response = FILE.answer(&request(header::IF_NONE_MATCH, "\"0\""));
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[test]
    fn the_embedded_files_are_sorted_so_that_they_are_found() {
        assert!(FILES.is_sorted_by(|a, b| a.path < b.path));
    }
}
