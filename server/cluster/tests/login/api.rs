//! An API server that knows who asks: it notes each request with its credentials, and lets
//! in whom a test says.

use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// One request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Its line and headers.
    head: String,
    /// The client's certificate, in DER.
    pub(crate) certificate: Option<Vec<u8>>,
    /// The name that the client asked for in TLS.
    pub(crate) server_name: Option<String>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (named, value) = line.split_once(':')?;
            named.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }
}

/// Whether a request is let in.
type Admits = Box<dyn Fn(&Seen) -> bool + Send + Sync>;

/// A running API server, ended with the test.
pub(crate) struct Api {
    pub(crate) address: String,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

struct Shared {
    seen: Mutex<Vec<Seen>>,
    admits: Mutex<Admits>,
}

impl Api {
    /// One without TLS.
    pub(crate) async fn start(admits: impl Fn(&Seen) -> bool + Send + Sync + 'static) -> Self {
        Self::listen(None, Box::new(admits)).await
    }

    /// One with the certificate of an authority for a name.
    pub(crate) async fn start_tls(
        authority: &Authority,
        name: &str,
        admits: impl Fn(&Seen) -> bool + Send + Sync + 'static,
    ) -> Self {
        let acceptor = authority.acceptor(name);
        Self::listen(Some(acceptor), Box::new(admits)).await
    }

    async fn listen(tls: Option<TlsAcceptor>, admits: Admits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            admits: Mutex::new(admits),
        });
        let mut tasks = JoinSet::new();
        let answering = Arc::clone(&shared);
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, shared) = (tls.clone(), Arc::clone(&answering));
                open.spawn(async move {
                    let Some(tls) = tls else {
                        return answer(stream, Seen::default(), &shared).await;
                    };
                    let Ok(stream) = tls.accept(stream).await else {
                        return;
                    };
                    let (_, session) = stream.get_ref();
                    let certificates = session.peer_certificates().unwrap_or_default();
                    let seen = Seen {
                        certificate: certificates.first().map(|first| first.to_vec()),
                        server_name: session.server_name().map(str::to_owned),
                        ..Seen::default()
                    };
                    answer(stream, seen, &shared).await;
                });
            }
        });
        Self {
            address,
            shared,
            _tasks: tasks,
        }
    }

    /// Lets others in from now on.
    pub(crate) fn admit(&self, admits: impl Fn(&Seen) -> bool + Send + Sync + 'static) {
        *self.shared.admits.lock().unwrap() = Box::new(admits);
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The tokens of the requests so far.
    pub(crate) fn tokens(&self) -> Vec<String> {
        let seen = self.seen();
        let tokens = seen.iter().map(|seen| seen.token().unwrap_or("none"));
        tokens.map(str::to_owned).collect()
    }
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, mut seen: Seen, shared: &Shared) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    seen.head = String::from_utf8(head).unwrap();
    let length = seen.header("content-length");
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    if stream.read_exact(&mut body).await.is_err() {
        return;
    }
    let is_admitted = (shared.admits.lock().unwrap())(&seen);
    shared.seen.lock().unwrap().push(seen);
    let (code, body) = if is_admitted {
        (200, r#"{"gitVersion":"v1.36.2"}"#)
    } else {
        (
            401,
            r#"{"kind":"Status","apiVersion":"v1","status":"Failure","code":401,"reason":"Unauthorized"}"#,
        )
    };
    let text = format!(
        "HTTP/1.1 {code} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// An authority that issues certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, in PEM.
    pub(crate) pem: String,
    der: CertificateDer<'static>,
}

/// A certificate with its key.
pub(crate) struct Issued {
    pub(crate) der: Vec<u8>,
    pub(crate) pem: String,
    pub(crate) key: String,
    key_der: Vec<u8>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "authority of a test");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate for a client.
    pub(crate) fn client(&self, name: &str) -> Issued {
        self.issue(&[], name, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn issue(&self, names: &[&str], common: &str, usage: ExtendedKeyUsagePurpose) -> Issued {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, common);
        params.extended_key_usages = vec![usage];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Issued {
            der: certificate.der().to_vec(),
            pem: certificate.pem(),
            key: key.serialize_pem(),
            key_der: key.serialize_der(),
        }
    }

    fn acceptor(&self, name: &str) -> TlsAcceptor {
        let server = self.issue(&[name], "server", ExtendedKeyUsagePurpose::ServerAuth);
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()
                .unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_single_cert(
                vec![server.der.into()],
                PrivateKeyDer::Pkcs8(server.key_der.into()),
            )
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}
