//! The proxy that a kubeconfig names is used, for a server on this machine too: behind a
//! tunnel that is another machine's.

use std::sync::{Arc, Mutex};

use podside_cluster::{Connection, Error, Kubeconfig};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::api::{Api, Authority};
use super::home::{Home, kubeconfig};

/// A proxy that notes what it is asked to connect to.
struct Proxy {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    async fn start(scheme: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("{scheme}://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let target = match scheme {
                    "socks5" => socks(&mut client).await,
                    _ => tunnel(&mut client).await,
                };
                noted.lock().unwrap().push(target.clone());
                let mut server = TcpStream::connect(target).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
        Self {
            address,
            asked,
            _tasks: tasks,
        }
    }
}

/// The beginning of an HTTP tunnel (RFC 9110, section 9.3.6).
async fn tunnel(client: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    client.write_all(b"HTTP/1.1 200 x\r\n\r\n").await.unwrap();
    let head = String::from_utf8(head).unwrap();
    let rest = head.strip_prefix("CONNECT ").unwrap();
    rest.split(' ').next().unwrap().to_owned()
}

/// The beginning of a SOCKS connection without a password, to an IPv4 address (RFC 1928).
async fn socks(client: &mut TcpStream) -> String {
    let mut hello = [0; 2];
    client.read_exact(&mut hello).await.unwrap();
    let mut methods = vec![0; hello[1].into()];
    client.read_exact(&mut methods).await.unwrap();
    client.write_all(&[5, 0]).await.unwrap();
    let mut ask = [0; 10];
    client.read_exact(&mut ask).await.unwrap();
    assert_eq!(ask[..4], [5, 1, 0, 1]);
    client
        .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    let port = u16::from_be_bytes([ask[8], ask[9]]);
    format!("{}.{}.{}.{}:{port}", ask[4], ask[5], ask[6], ask[7])
}

#[tokio::test]
async fn the_proxy_of_a_kubeconfig_is_used() {
    let (authority, home) = (Authority::new(), Home::new());
    let api = Api::start_tls(&authority, "127.0.0.1", |_| true).await;
    let ca = home.write("ca.crt", &authority.pem);
    for scheme in ["http", "socks5"] {
        let proxy = Proxy::start(scheme).await;
        let cluster = json!({
            "server": api.address, "certificate-authority": ca, "proxy-url": proxy.address,
        });
        let connection = home.connect(&cluster, &json!({"token": scheme})).await;
        connection.server_version().await.unwrap();
        let target = api.address.strip_prefix("https://").unwrap();
        assert_eq!(*proxy.asked.lock().unwrap(), [target], "{scheme}");
    }
    assert_eq!(api.tokens(), ["http", "socks5"]);
}

#[tokio::test]
async fn a_proxy_of_another_kind_is_an_error() {
    let home = Home::new();
    let cluster = json!({"server": "https://127.0.0.1:1", "proxy-url": "ftp://user:hunter2@p"});
    let path = home.write("config", &kubeconfig(&cluster, &json!({})).to_string());
    let kubeconfig = Kubeconfig::read(&[path]).unwrap().unwrap();
    let error = Connection::from_kubeconfig(&kubeconfig, None)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::ContextUnusable { .. }), "{error:?}");
    let said = error.to_string();
    assert!(
        said.contains("https:// or socks5://") && !said.contains("hunter2"),
        "{said}"
    );
}
