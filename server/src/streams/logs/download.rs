use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use podside_cluster::logs::{LogApi, LogQuery, LogStream, LogTarget, StreamItem};
use podside_model::log::{EndWhy, LogNote, LogSource};
use tokio::sync::OwnedSemaphorePermit;

use super::ask::Ask;
use super::shown::Shown;
use super::{LogRoutes, Refusal};

/// What is stored of the logs, as a text file. It ends with what there is now.
pub(super) async fn download<A: LogApi>(
    State(routes): State<LogRoutes<A>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let Ask {
        cluster,
        mut query,
        secrets,
    } = Ask::parse(query.as_deref().unwrap_or_default())?;
    query.follow = false;
    let api = routes.api(&headers, cluster).await?;
    let permit = routes.permit(query.follow)?;
    let disposition = format!("attachment; filename=\"{}\"", file_name(&query));
    let opened = LogStream::open(api, query, Vec::new(), 0).await;
    let stream = opened.map_err(Refusal::Cluster)?;
    let kept = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((kept, body(stream, Shown::new(secrets), permit)).into_response())
}

/// The names were checked to be DNS names, which are harmless in a header and as the
/// name of a file.
fn file_name(query: &LogQuery) -> String {
    let target = match query.targets.first() {
        Some(LogTarget::Pod(name) | LogTarget::Workload { name, .. }) => format!("-{name}"),
        Some(LogTarget::Selector(_)) | None => String::new(),
    };
    let container = query.container.as_ref().map(|name| format!("-{name}"));
    format!(
        "{}{target}{}.log",
        query.namespace,
        container.unwrap_or_default()
    )
}

fn body<A: LogApi>(stream: LogStream<A>, shown: Shown, permit: OwnedSemaphorePermit) -> Body {
    let state = (stream, shown, permit);
    let chunks = stream::unfold(state, |(mut stream, mut shown, permit)| async move {
        let items = stream.next().await;
        if items.is_empty() {
            return None;
        }
        let mut text = String::new();
        for item in &items {
            write(&mut text, item, stream.sources(), &mut shown);
        }
        Some((
            Ok::<_, Infallible>(Bytes::from(text)),
            (stream, shown, permit),
        ))
    });
    Body::from_stream(chunks)
}

/// A line as `kubectl logs --timestamps --prefix` writes it; the prefix only where
/// there are several sources. What is not a line begins with `#`.
fn write(text: &mut String, item: &StreamItem, sources: &[LogSource], shown: &mut Shown) {
    match item {
        StreamItem::Line(number, line) => {
            if let (Some(source), true) = (sources.get(usize::from(*number)), sources.len() > 1) {
                text.push_str(&format!("[pod/{}/{}] ", source.id.pod, source.id.container));
            }
            if let Some(at) = line.at {
                text.push_str(&format!("{at:.9} "));
            }
            text.push_str(&shown.plain(*number, line));
            text.push('\n');
        }
        StreamItem::Note(LogNote::Gap(gap)) => text.push_str(&format!(
            "# interrupted for {} ms; {} repeated lines removed{}\n",
            gap.lasted_ms,
            gap.removed,
            if gap.maybe_missing {
                "; lines may be missing here"
            } else {
                ""
            }
        )),
        StreamItem::Note(LogNote::Ended { source, why, .. }) => {
            if let EndWhy::NoLog { said } | EndWhy::Denied { said } | EndWhy::Unavailable { said } =
                why
            {
                let source = sources.get(usize::from(*source));
                let name = source.map_or_else(String::new, |s| {
                    format!("{}/{}: ", s.id.pod, s.id.container)
                });
                text.push_str(&format!("# {name}{said}\n"));
            }
        }
        StreamItem::Note(_) => {}
    }
}
