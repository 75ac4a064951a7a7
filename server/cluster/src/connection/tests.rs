use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

#[tokio::test]
async fn an_address_where_nothing_listens_is_named() {
    let connection = Connection::to_address("prod", "http://127.0.0.1:1", None)
        .await
        .unwrap();
    let error = connection.get("/version").await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(
        text.starts_with("cannot reach prod at http://127.0.0.1:1: ") && text.contains("refused"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_that_is_busy_until_a_date_is_left_alone_until_then() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answering = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        let answer = "HTTP/1.1 503 x\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
            retry-after: Sun, 06 Nov 1994 08:50:07 GMT\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream
    };
    let connection = Connection::to_address("prod", &address, None)
        .await
        .unwrap();
    let (answer, _stream) = tokio::join!(connection.get("/version"), answering);
    let error = answer.err().unwrap();
    assert_eq!(error.again_in(), Some(Duration::from_secs(30)), "{error}");
}
