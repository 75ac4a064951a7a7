//! What a browser says on the WebSocket of a log.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::serving::Serving;
use super::{cases, serves};

/// Messages read of one conversation at most.
const MOST_MESSAGES: usize = 200;

/// A frame, right or nearly.
fn said() -> impl Strategy<Value = Message> {
    let number = prop_oneof![
        "-?[0-9]{1,20}",
        Just("null".to_owned()),
        Just("1e400".to_owned())
    ];
    let start = (number.clone(), number.clone(), prop::collection::vec((number.clone(), number.clone()), 0..200)).prop_map(
        |(away, floor, seen)| {
            let seen: Vec<String> = seen.iter().map(|(at, times)| format!("[{at},{times}]")).collect();
            format!(
                "{{\"say\":\"start\",\"away_ms\":{away},\"resume\":[{{\"pod\":\"p\",\"container\":\"c\",\"floor\":{floor},\"seen\":[{}]}}]}}",
                seen.join(",")
            )
        },
    );
    prop_oneof![
        2 => Just(Message::text("{\"say\":\"start\",\"resume\":[],\"away_ms\":0}")),
        3 => start.prop_map(Message::text),
        3 => number.prop_map(|seq| Message::text(format!("{{\"say\":\"ack\",\"seq\":{seq}}}"))),
        2 => ".{0,60}".prop_map(Message::text),
        1 => prop::collection::vec(any::<u8>(), 0..300).prop_map(Message::binary),
        1 => Just(Message::text("[".repeat(50_000))),
        1 => Just(Message::Ping(vec![1].into())),
    ]
}

fn query() -> impl Strategy<Value = String> {
    let pair = prop_oneof![
        "(target|pod|selector|container|previous|since|tail|follow|cluster)=[!-%'-~]{0,12}",
        Just("follow=false".to_owned()),
        Just("target=Deployment/web".to_owned()),
        Just("tail=5".to_owned()),
    ];
    prop::collection::vec(pair, 0..4)
        .prop_map(|pairs| format!("namespace=shop&{}", pairs.join("&")))
}

#[test]
fn any_conversation_about_a_log_ends() {
    let serving = Serving::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let conversation = (query(), prop::collection::vec(said(), 0..8));
    TestRunner::new(cases(48))
        .run(&conversation, |(query, said)| {
            runtime.block_on(async {
                let address = serving.address;
                let Ok(mut request) =
                    format!("ws://{address}/streams/logs?{query}").into_client_request()
                else {
                    return;
                };
                request
                    .headers_mut()
                    .insert("Origin", format!("http://{address}").parse().unwrap());
                let talking = async {
                    let mut stream = match tokio_tungstenite::connect_async(request).await {
                        Ok((stream, _)) => stream,
                        Err(tokio_tungstenite::tungstenite::Error::Http(refusal)) => {
                            assert!(refusal.status().is_client_error(), "{refusal:?}");
                            return;
                        }
                        Err(error) => panic!("{error}"),
                    };
                    for message in said {
                        if stream.send(message).await.is_err() {
                            break;
                        }
                    }
                    // The server may have closed it already.
                    let _ = stream.close(None).await;
                    let mut read = 0;
                    while let Some(Ok(_)) = stream.next().await {
                        read += 1;
                        assert!(read < MOST_MESSAGES, "it goes on after the close");
                    }
                };
                tokio::time::timeout(Duration::from_secs(20), talking)
                    .await
                    .unwrap();
            });
            Ok(())
        })
        .unwrap();
    serves(&serving);
}
