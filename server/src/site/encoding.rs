//! Which content encodings a request accepts (RFC 9110, section 12.5.3).

use axum::http::{HeaderMap, header};

/// The encoding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Brotli,
}

impl Encoding {
    /// The value of `Content-Encoding`; none for the plain body.
    pub(super) fn header(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }
}

/// The encodings that a request accepts beside the plain body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) gzip: bool,
    pub(super) brotli: bool,
}

/// Reads `Accept-Encoding`. A weight of 0 refuses an encoding; other weights
/// do not matter, because the smallest body is best for both sides.
pub(super) fn accepted(request: &HeaderMap) -> Accepted {
    let mut accepted = Accepted::default();
    let mut others = false;
    let mut named = Accepted::default();
    for value in request.get_all(header::ACCEPT_ENCODING) {
        for part in value.to_str().unwrap_or_default().split(',') {
            let (name, weight) = part.split_once(';').unwrap_or((part, ""));
            let wanted = !is_refused(weight);
            match name.trim().to_ascii_lowercase().as_str() {
                "br" => (named.brotli, accepted.brotli) = (true, wanted),
                "gzip" | "x-gzip" => (named.gzip, accepted.gzip) = (true, wanted),
                "*" => others = wanted,
                _ => {}
            }
        }
    }
    Accepted {
        gzip: if named.gzip { accepted.gzip } else { others },
        brotli: if named.brotli {
            accepted.brotli
        } else {
            others
        },
    }
}

/// Whether the parameters of an encoding are a weight of 0.
fn is_refused(parameters: &str) -> bool {
    parameters
        .trim()
        .strip_prefix("q=")
        .and_then(|weight| weight.trim().parse::<f32>().ok())
        .is_some_and(|weight| weight <= 0.0)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{Accepted, accepted};

    fn of(value: &'static str) -> Accepted {
        accepted(&HeaderMap::from_iter([(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static(value),
        )]))
    }

    #[test]
    fn names_weights_and_the_star_are_read() {
        let (gzip, brotli) = (true, true);
        for (value, wanted) in [
            ("", Accepted::default()),
            (
                "gzip",
                Accepted {
                    gzip,
                    brotli: false,
                },
            ),
            ("GZIP;q=0.5, br", Accepted { gzip, brotli }),
            ("*", Accepted { gzip, brotli }),
            (
                "*, br;q=0",
                Accepted {
                    gzip,
                    brotli: false,
                },
            ),
            ("gzip;q=0.000", Accepted::default()),
            ("deflate, zstd", Accepted::default()),
        ] {
            assert_eq!(of(value), wanted, "{value}");
        }
    }
}
