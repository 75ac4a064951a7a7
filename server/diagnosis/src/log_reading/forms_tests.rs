use super::*;

fn refused_at(host: &str, port: u16) -> Claim {
    Claim::Refused(Address {
        host: host.to_owned(),
        port: Some(port),
    })
}

fn unresolved_host(host: &str) -> Claim {
    Claim::Unresolved {
        host: host.to_owned(),
    }
}

fn variable(name: &str) -> Claim {
    Claim::MissingVariable {
        name: name.to_owned(),
    }
}

#[test]
fn every_form_compiles() {
    assert_eq!(FORMS.len(), sources().count());
}

#[test]
fn names_that_do_not_resolve() {
    for (line, host) in [
        (
            "dial tcp: lookup db.shop on 10.96.0.10:53: no such host",
            "db.shop",
        ),
        ("Error: getaddrinfo ENOTFOUND redis-master", "redis-master"),
        (
            "psql: could not translate host name \"postgres\" to address: Name or service not known",
            "postgres",
        ),
        ("curl: (6) Could not resolve host: cart", "cart"),
        ("wget: bad address 'mydb'", "mydb"),
        ("java.net.UnknownHostException: orders", "orders"),
        (
            "nginx: [emerg] host not found in upstream \"backend\" in /etc/nginx/conf.d/x.conf:4",
            "backend",
        ),
        (
            "socket.gaierror: [Errno -2] Name or service not known: cache",
            "cache",
        ),
        ("redis: Name does not resolve", "redis"),
    ] {
        assert_eq!(read_line(line), Some(unresolved_host(host)), "{line}");
    }
}

#[test]
fn connections_that_are_refused() {
    for (line, host, port) in [
        (
            "dial tcp 10.96.3.4:5432: connect: connection refused",
            "10.96.3.4",
            5432,
        ),
        (
            "Error: connect ECONNREFUSED 10.0.0.1:6379",
            "10.0.0.1",
            6379,
        ),
        (
            "connection to server at \"db\" (10.96.1.2), port 5432 failed: Connection refused",
            "db",
            5432,
        ),
        (
            "Get \"http://cart:8080/x\": dial tcp 10.1.1.1:8080: connect: connection refused",
            "10.1.1.1",
            8080,
        ),
        (
            "redis-master:6379: Connection refused",
            "redis-master",
            6379,
        ),
    ] {
        assert_eq!(read_line(line), Some(refused_at(host, port)), "{line}");
    }
}

#[test]
fn variables_that_are_not_set() {
    for (line, name) in [
        ("FATAL: DATABASE_URL is not set", "DATABASE_URL"),
        (
            "Error: environment variable API_TOKEN is required",
            "API_TOKEN",
        ),
        (
            "missing required environment variable: STRIPE_KEY",
            "STRIPE_KEY",
        ),
        ("KeyError: 'DB_HOST'", "DB_HOST"),
        ("sh: 1: DB_HOST: parameter not set", "DB_HOST"),
    ] {
        assert_eq!(read_line(line), Some(variable(name)), "{line}");
    }
}

#[test]
fn files_and_ports() {
    for (line, expected) in [
        (
            "nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)",
            Claim::PortDenied { port: Some(80) },
        ),
        (
            "listen tcp :443: bind: permission denied",
            Claim::PortDenied { port: Some(443) },
        ),
        (
            "listen tcp :8080: bind: address already in use",
            Claim::PortInUse { port: Some(8080) },
        ),
        (
            "Error: listen EADDRINUSE: address already in use :::3000",
            Claim::PortInUse { port: Some(3000) },
        ),
        (
            "open /data/x.db: read-only file system",
            Claim::ReadOnly {
                path: "/data/x.db".to_owned(),
            },
        ),
        (
            "OSError: [Errno 30] Read-only file system: '/var/cache/a'",
            Claim::ReadOnly {
                path: "/var/cache/a".to_owned(),
            },
        ),
        (
            "open /etc/app/key.pem: permission denied",
            Claim::PermissionDenied {
                path: "/etc/app/key.pem".to_owned(),
            },
        ),
        (
            "exec /app/run: exec format error",
            Claim::ExecFormat {
                path: "/app/run".to_owned(),
            },
        ),
        (
            "sh: 1: foo: not found",
            Claim::CommandNotFound {
                name: "foo".to_owned(),
            },
        ),
        (
            "open /etc/app/config.yaml: no such file or directory",
            Claim::MissingFile {
                path: "/etc/app/config.yaml".to_owned(),
            },
        ),
        (
            "java.lang.OutOfMemoryError: Java heap space",
            Claim::OutOfMemory,
        ),
    ] {
        assert_eq!(read_line(line), Some(expected), "{line}");
    }
}

#[test]
fn the_api_server_s_refusal() {
    let line = "configmaps is forbidden: User \"system:serviceaccount:shop:sync\" cannot list resource \"configmaps\" in API group \"\" in the namespace \"shop\"";
    assert!(matches!(
        read_line(line),
        Some(Claim::Forbidden { verb, resource, .. }) if verb == "list" && resource == "configmaps"
    ));
}

#[test]
fn a_structured_line_is_read_like_a_plain_one() {
    let line = r#"{"msg":"denied","message":"pods is forbidden: User \"system:serviceaccount:a:b\" cannot get resource \"pods\" in API group \"\""}"#;
    assert!(matches!(read_line(line), Some(Claim::Forbidden { verb, .. }) if verb == "get"));
    let line = r#"{"error":"Get \"http://api/\": dial tcp: lookup api on 10.0.0.9:53: read udp 10.1.1.1:4->10.0.0.9:53: i/o timeout"}"#;
    assert_eq!(read_line(line), Some(unresolved_host("api")));
}

#[test]
fn what_says_nothing_is_no_claim() {
    for line in [
        "listening on :8080",
        "GET / 200 12ms",
        "loaded 1841 rows",
        "ready",
        "WARN: CACHE_URL is not set, using default",
    ] {
        assert_eq!(read_line(line), None, "{line}");
    }
}

#[test]
fn sentences_of_many_languages() {
    let missing_file = |path: &str| Claim::MissingFile {
        path: path.to_owned(),
    };
    let not_found = |name: &str| Claim::CommandNotFound {
        name: name.to_owned(),
    };
    let denied = |path: &str| Claim::PermissionDenied {
        path: path.to_owned(),
    };
    let read_only = |path: &str| Claim::ReadOnly {
        path: path.to_owned(),
    };
    let no_answer = |host: &str, port| {
        Claim::NoAnswer(Address {
            host: host.to_owned(),
            port,
        })
    };
    let refused_somewhere = || Claim::Refused(Address::default());
    let refused_host = |host: &str| {
        Claim::Refused(Address {
            host: host.to_owned(),
            port: None,
        })
    };
    let cases = [
        // Names.
        (
            "PHP Warning: PDO::__construct(): php_network_getaddresses: getaddrinfo for db failed: Name or service not known in /app/db.php:12",
            unresolved_host("db"),
        ),
        (
            "php_network_getaddresses: getaddrinfo failed: Name or service not known",
            Claim::Fatal,
        ),
        (
            "redis.exceptions.ConnectionError: Error -2 connecting to redis:6379. Name or service not known.",
            unresolved_host("redis"),
        ),
        (
            "Failed to open TCP connection to cart:8080 (getaddrinfo: Name or service not known) (SocketError)",
            unresolved_host("cart"),
        ),
        (
            "requests.exceptions.ConnectionError: HTTPConnectionPool(host='cart', port=8080): Max retries exceeded with url: / (Caused by NameResolutionError(\"<urllib3.connection.HTTPConnection object at 0x7f>: Failed to resolve 'cart' ([Errno -2] Name or service not known)\"))",
            unresolved_host("cart"),
        ),
        (
            "pymongo.errors.ServerSelectionTimeoutError: mongo:27017: [Errno -2] Name or service not known",
            unresolved_host("mongo"),
        ),
        (
            "System.Net.Http.HttpRequestException: Name or service not known (cart:80)",
            unresolved_host("cart"),
        ),
        (
            "error trying to connect: dns error: failed to lookup address information: Name or service not known",
            Claim::Fatal,
        ),
        (
            "org.apache.kafka.common.config.ConfigException: Couldn't resolve server kafka:9092 from bootstrap.servers as DNS resolution failed for kafka",
            unresolved_host("kafka"),
        ),
        (
            "Error: queryA ENOTFOUND db.shop.svc.cluster.local",
            unresolved_host("db.shop.svc.cluster.local"),
        ),
        (
            "ERROR 2005 (HY000): Unknown MySQL server host 'mysql' (-2)",
            unresolved_host("mysql"),
        ),
        (
            "nc: getaddrinfo for host \"db\" port 5432: Name or service not known",
            unresolved_host("db"),
        ),
        (
            "Caused by: java.net.UnknownHostException: orders.shop: Name or service not known",
            unresolved_host("orders.shop"),
        ),
        // Connections.
        (
            "requests.exceptions.ConnectionError: HTTPConnectionPool(host='cart', port=8080): Max retries exceeded with url: /x (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f01>: Failed to establish a new connection: [Errno 111] Connection refused'))",
            refused_at("cart", 8080),
        ),
        (
            "ConnectionRefusedError: [Errno 111] Connect call failed ('10.96.0.12', 5432)",
            refused_at("10.96.0.12", 5432),
        ),
        (
            "ConnectionRefusedError: [Errno 111] Connection refused",
            refused_somewhere(),
        ),
        (
            "pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'mysql' ([Errno 111] Connection refused)\")",
            refused_host("mysql"),
        ),
        (
            "ERROR 2003 (HY000): Can't connect to MySQL server on 'mysql:3306' (111)",
            refused_at("mysql", 3306),
        ),
        (
            "redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.",
            refused_at("redis", 6379),
        ),
        (
            "org.postgresql.util.PSQLException: Connection to db:5432 refused. Check that the hostname and port are correct",
            refused_at("db", 5432),
        ),
        (
            "io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: cart/10.96.1.1:8080",
            refused_at("10.96.1.1", 8080),
        ),
        (
            "I/O error on GET request for \"http://cart/items\": Connection refused",
            refused_host("cart"),
        ),
        (
            "wget: can't connect to remote host (10.96.1.1): Connection refused",
            refused_host("10.96.1.1"),
        ),
        (
            "curl: (7) Failed to connect to cart port 8080 after 2 ms: Couldn't connect to server",
            refused_at("cart", 8080),
        ),
        (
            "Failed to open TCP connection to cart:8080 (Connection refused - connect(2) for \"cart\" port 8080)",
            refused_at("cart", 8080),
        ),
        (
            "Error: Os { code: 111, kind: ConnectionRefused, message: \"Connection refused\" }",
            refused_somewhere(),
        ),
        (
            "PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /app/x.php:12",
            refused_somewhere(),
        ),
        (
            "\tIs the server running on host \"db\" (10.96.1.1) and accepting TCP/IP connections on port 5432?",
            refused_at("db", 5432),
        ),
        (
            "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 10.96.1.1:50051: connect: connection refused\"",
            refused_at("10.96.1.1", 50051),
        ),
        ("db:5432 - no response", no_answer("db", Some(5432))),
        (
            "Get \"http://cart:8080/x\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
            no_answer("cart", Some(8080)),
        ),
        (
            "2026/01/01 12:00:01 Get \"http://cart/x\": context deadline exceeded",
            no_answer("cart", None),
        ),
        (
            "Connection to node -1 (kafka/10.96.0.7:9092) could not be established. Node may not be available.",
            no_answer("10.96.0.7", Some(9092)),
        ),
        // Ports.
        (
            "2026/01/01 12:30:45 listen tcp :8080: bind: address already in use",
            Claim::PortInUse { port: Some(8080) },
        ),
        (
            "E0101 12:30:45.000001       1 main.go:10] listen tcp :8080: bind: address already in use",
            Claim::PortInUse { port: Some(8080) },
        ),
        (
            "ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use",
            Claim::PortInUse { port: Some(8000) },
        ),
        (
            "[2026-01-01 12:00:00 +0000] [1] [ERROR] Connection in use: ('0.0.0.0', 8000)",
            Claim::PortInUse { port: Some(8000) },
        ),
        (
            "(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80",
            Claim::PortInUse { port: Some(80) },
        ),
        (
            "Web server failed to start. Port 8080 was already in use.",
            Claim::PortInUse { port: Some(8080) },
        ),
        (
            "ERROR:    [Errno 13] error while attempting to bind on address ('0.0.0.0', 80): permission denied",
            Claim::PortDenied { port: Some(80) },
        ),
        (
            "[2026-01-01 12:00:00 +0000] [1] [ERROR] Can't connect to ('0.0.0.0', 80)",
            Claim::PortDenied { port: Some(80) },
        ),
        (
            "Caused by: java.net.BindException: Permission denied",
            Claim::PortDenied { port: None },
        ),
        (
            "(13)Permission denied: AH00072: make_sock: could not bind to address [::]:80",
            Claim::PortDenied { port: Some(80) },
        ),
        (
            "Error: listen EACCES: permission denied 0.0.0.0:80",
            Claim::PortDenied { port: Some(80) },
        ),
        // Variables.
        (
            "/app/config.rb:3:in `fetch': key not found: \"DB_URL\" (KeyError)",
            variable("DB_URL"),
        ),
        (
            "Caused by: java.lang.IllegalArgumentException: Could not resolve placeholder 'DB_URL' in value \"${DB_URL}\"",
            variable("DB_URL"),
        ),
        (
            "thread 'main' panicked at src/main.rs:10:5: DATABASE_URL must be set: NotPresent",
            variable("DATABASE_URL"),
        ),
        (
            "required key DATABASE_URL missing value",
            variable("DATABASE_URL"),
        ),
        (
            "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.",
            variable("SECRET_KEY"),
        ),
        (
            "       You must specify POSTGRES_PASSWORD to a non-empty value for the",
            variable("POSTGRES_PASSWORD"),
        ),
        (
            "env: required environment variable \"PORT\" is not set",
            variable("PORT"),
        ),
        (
            "PHP Warning:  Undefined array key \"DB_HOST\" in /app/index.php on line 3",
            variable("DB_HOST"),
        ),
        ("environment variable was not set", Claim::Fatal),
        ("missing required field user_name", Claim::Fatal),
        // Files and commands.
        (
            "/usr/bin/env: 'python': No such file or directory",
            not_found("python"),
        ),
        (
            "env: can't execute 'node': No such file or directory",
            not_found("node"),
        ),
        (
            "bash: /app/run.sh: /bin/bash^M: bad interpreter: No such file or directory",
            not_found("/bin/bash"),
        ),
        (
            "2026/01/01 12:00:00 open /etc/app/config.yaml: permission denied",
            denied("/etc/app/config.yaml"),
        ),
        ("2026/01/01 12:00:00 permission denied", denied("")),
        (
            "nginx: [emerg] cannot load certificate \"/etc/tls/tls.crt\": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory)",
            missing_file("/etc/tls/tls.crt"),
        ),
        (
            "nginx: [emerg] mkdir() \"/var/cache/nginx/client_temp\" failed (30: Read-only file system)",
            read_only("/var/cache/nginx/client_temp"),
        ),
        (
            "java.nio.file.NoSuchFileException: /config/app.yaml",
            missing_file("/config/app.yaml"),
        ),
        (
            "exec container process `/app/run`: Exec format error",
            Claim::ExecFormat {
                path: "/app/run".to_owned(),
            },
        ),
        // The rest.
        (
            "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)",
            Claim::OutOfMemory,
        ),
        (
            "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
            Claim::OutOfMemory,
        ),
        (
            "mssql: login error: Login failed for user 'sa'.",
            Claim::LoginRefused,
        ),
        (
            "Caused by: java.lang.IllegalStateException: no config",
            Claim::Panic,
        ),
        (
            "called `Result::unwrap()` on an `Err` value: Custom",
            Claim::Panic,
        ),
        (
            "TypeError [ERR_INVALID_ARG_TYPE]: The \"path\" argument must be of type string",
            Claim::Panic,
        ),
        ("waiting for postgres...", Claim::Waiting),
    ];
    let wrong: Vec<_> = cases
        .into_iter()
        .map(|(line, expected)| (line, read_line(line), Some(expected)))
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_scope_of_a_refusal_is_read() {
    for (line, expected) in [
        (
            "nodes is forbidden: User \"system:serviceaccount:a:b\" cannot list resource \"nodes\" in API group \"\" at the cluster scope",
            Scope::Cluster,
        ),
        (
            "pods is forbidden: User \"system:serviceaccount:a:b\" cannot list resource \"pods\" in API group \"\" in the namespace \"c\"",
            Scope::Namespace("c".to_owned()),
        ),
    ] {
        let claim = read_line(line);
        assert!(
            matches!(&claim, Some(Claim::Forbidden { scope, .. }) if *scope == expected),
            "{claim:?}"
        );
    }
}

#[test]
fn claims_of_certificates_credentials_and_clouds() {
    use CertificateFault::{Expired, NotYetValid, OtherName, UnknownAuthority, Unsaid};
    let cases = [
        (
            "Get \"https://api/\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-02T00:00:00Z is after 2026-01-01T00:00:00Z",
            Claim::Certificate(Expired),
        ),
        (
            "x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is before 2026-01-02T00:00:00Z",
            Claim::Certificate(NotYetValid),
        ),
        ("Error: CERT_HAS_EXPIRED", Claim::Certificate(Expired)),
        (
            "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1000)",
            Claim::Certificate(Expired),
        ),
        (
            "x509: certificate is valid for a.example, not b.example",
            Claim::Certificate(OtherName),
        ),
        (
            "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames",
            Claim::Certificate(OtherName),
        ),
        (
            "x509: certificate signed by unknown authority",
            Claim::Certificate(UnknownAuthority),
        ),
        (
            "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target",
            Claim::Certificate(UnknownAuthority),
        ),
        (
            "Error: self-signed certificate in certificate chain",
            Claim::Certificate(UnknownAuthority),
        ),
        ("x509: malformed certificate", Claim::Certificate(Unsaid)),
        (
            "FATAL:  password authentication failed for user \"app\"",
            Claim::LoginRefused,
        ),
        (
            "ERROR 1045 (28000): Access denied for user 'app'@'10.0.0.1' (using password: YES)",
            Claim::LoginRefused,
        ),
        (
            "MongoServerError: Authentication failed.",
            Claim::LoginRefused,
        ),
        ("NOAUTH Authentication required.", Claim::LoginRefused),
        (
            "pika.exceptions.ProbableAuthenticationError: ConnectionClosedByBroker: (403) 'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN'",
            Claim::LoginRefused,
        ),
        (
            "org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed: Invalid username or password",
            Claim::LoginRefused,
        ),
        (
            "requests.exceptions.HTTPError: 401 Client Error: Unauthorized; status code 401",
            Claim::Unauthorized,
        ),
        ("upstream answered 403 Forbidden", Claim::Unauthorized),
        (
            "NoCredentialProviders: no valid providers in chain",
            Claim::CloudAccess,
        ),
        (
            "Get \"http://169.254.169.254/latest/meta-data/\": context deadline exceeded",
            Claim::CloudAccess,
        ),
        (
            "google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found",
            Claim::CloudAccess,
        ),
        (
            "AccessDenied: User: arn:aws:sts::1:assumed-role/x is not authorized to perform: s3:GetObject",
            Claim::CloudAccess,
        ),
        (
            "exec /bin/app: argument list too long",
            Claim::ArgumentsTooLong,
        ),
        (
            "sqlite3.OperationalError: database is locked",
            Claim::DatabaseLocked,
        ),
        (
            "django.core.exceptions.DisallowedHost: Invalid HTTP_HOST header: '10.0.0.1:8000'. You may need to add '10.0.0.1' to ALLOWED_HOSTS.",
            Claim::HostHeaderRefused,
        ),
        (
            "java.nio.file.ReadOnlyFileSystemException",
            Claim::ReadOnly {
                path: String::new(),
            },
        ),
        (
            "System.IO.IOException: Read-only file system : '/app/x'",
            Claim::ReadOnly {
                path: "/app/x".to_owned(),
            },
        ),
        (
            "Error: EROFS: read-only file system, open '/app/x'",
            Claim::ReadOnly {
                path: "/app/x".to_owned(),
            },
        ),
        (
            "java.nio.file.AccessDeniedException: /data/x",
            Claim::PermissionDenied {
                path: "/data/x".to_owned(),
            },
        ),
        (
            "System.UnauthorizedAccessException: Access to the path '/data/x' is denied.",
            Claim::PermissionDenied {
                path: "/data/x".to_owned(),
            },
        ),
        (
            "lookup db on 10.96.0.10:53: server misbehaving",
            Claim::ResolverFailed {
                host: "db".to_owned(),
            },
        ),
        (
            "** server can't find db.shop: SERVFAIL",
            Claim::ResolverFailed {
                host: "db.shop".to_owned(),
            },
        ),
    ];
    let wrong: Vec<_> = cases
        .into_iter()
        .map(|(line, expected)| (line, read_line(line), Some(expected)))
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_that_do_not_resolve_in_the_words_of_many_clients() {
    for (line, host) in [
        (
            "Error: 14 UNAVAILABLE: Name resolution failed for target dns:cart:8080",
            "cart",
        ),
        (
            "grpc._channel._InactiveRpcError: details = \"DNS resolution failed for cart:8080: C-ares status is not ARES_SUCCESS\"",
            "cart",
        ),
        (
            "io.grpc.StatusRuntimeException: UNAVAILABLE: Unable to resolve host cart",
            "cart",
        ),
        (
            "java.net.UnknownHostException: Failed to resolve 'cart' [A(1)]",
            "cart",
        ),
        (
            "%3|1767268800.1|FAIL|rdkafka#consumer-1| kafka:9092/bootstrap: Failed to resolve 'kafka:9092': Name or service not known",
            "kafka",
        ),
        (
            "Could not connect to Redis at redis:6379: Name or service not known",
            "redis",
        ),
        (
            "com.microsoft.sqlserver.jdbc.SQLServerException: The TCP/IP connection to the host db, port 1433 has failed. Error: \"db: Name or service not known\"",
            "db",
        ),
        (
            "Failed to open TCP connection to cart:8080 (getaddrinfo(3): Name or service not known)",
            "cart",
        ),
        (
            "** (DBConnection.ConnectionError) tcp connect (db:5432): non-existing domain - :nxdomain",
            "db",
        ),
        (
            "aiohttp.client_exceptions.ClientConnectorDNSError: Cannot connect to host cart:80 ssl:default [Name or service not known]",
            "cart",
        ),
        ("wget: unable to resolve host address 'cart'", "cart"),
        ("No such host is known. (cart:80)", "cart"),
    ] {
        assert_eq!(read_line(line), Some(unresolved_host(host)), "{line}");
    }
}

#[test]
fn the_level_of_a_line_counts() {
    for (line, expected) in [
        (r#"{"level":"info","msg":"no error so far"}"#, None),
        (
            r#"{"level":"error","msg":"queue is gone"}"#,
            Some(Claim::Fatal),
        ),
        (
            "10.0.0.1 - - [01/Jan/2026:12:00:00 +0000] \"GET /error HTTP/1.1\" 401 Unauthorized",
            None,
        ),
        (
            "I0101 12:30:45.000001       1 event.go:377] Event(v1.ObjectReference{Kind:\"Pod\"}): type: 'Warning' reason: 'Failed' connection refused",
            None,
        ),
    ] {
        assert_eq!(read_line(line), expected, "{line}");
    }
    // An address in a field of its own belongs to the sentence.
    assert_eq!(
        read_line(
            r#"{"level":"error","msg":"cannot connect","addr":"db:5432","error":"connection refused"}"#
        ),
        Some(refused_at("db", 5432))
    );
}

#[test]
fn libpq_says_that_nothing_answers() {
    assert_eq!(
        read_line("connection to server at \"db\" (10.96.1.2), port 5432 failed: timeout expired"),
        Some(Claim::NoAnswer(Address {
            host: "db".to_owned(),
            port: Some(5432),
        }))
    );
}

#[test]
fn refused_logins_in_the_words_of_many_clients() {
    for line in [
        "psycopg2.OperationalError: connection to server at \"db\" (10.96.1.2), port 5432 failed: FATAL:  password authentication failed for user \"app\"",
        "org.postgresql.util.PSQLException: FATAL: password authentication failed for user \"app\"",
        "error: password authentication failed for user \"app\"",
        "psql: error: FATAL:  no pg_hba.conf entry for host \"10.1.0.4\", user \"app\", database \"x\", no encryption",
        "FATAL:  role \"app\" does not exist",
        "Error 1045 (28000): Access denied for user 'app'@'10.1.0.4' (using password: YES)",
        "pymongo.errors.OperationFailure: Authentication failed., full error: {'ok': 0.0, 'code': 18, 'codeName': 'AuthenticationFailed'}",
        "(Unauthorized) not authorized on shop to execute command { find: \"carts\" }",
        "redis.exceptions.AuthenticationError: WRONGPASS invalid username-password pair or user is disabled.",
        "ReplyError: NOAUTH Authentication required.",
        "Error: Handshake terminated by server: 403 (ACCESS-REFUSED) with message \"ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN.\"",
        "org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512",
        "kafka: client has run out of available brokers to talk to: SASL authentication failed",
        "org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized to access topics: [orders]",
        "ORA-01017: invalid username/password; logon denied",
        "Microsoft.Data.SqlClient.SqlException (0x80131904): Login failed for user 'app'.",
        "LDAP Result Code 49 \"Invalid Credentials\":",
        "nats: Authorization Violation",
        "git@example.com: Permission denied (publickey).",
        "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed')",
    ] {
        assert_eq!(read_line(line), Some(Claim::LoginRefused), "{line}");
    }
    for line in [
        "Request failed with status code 401",
        "Response status code does not indicate success: 403 (Forbidden).",
        "urllib.error.HTTPError: HTTP Error 401: Unauthorized",
        "An error occurred (InvalidAccessKeyId) when calling the ListBuckets operation",
        "{\"error\":\"invalid_client\"}",
    ] {
        assert_eq!(read_line(line), Some(Claim::Unauthorized), "{line}");
    }
}

#[test]
fn calls_that_fail_name_whom_they_call() {
    let cart = |port| {
        Claim::CallFailed(Address {
            host: "cart".to_owned(),
            port,
        })
    };
    for (line, expected) in [
        (
            "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: http://cart:8080/items",
            cart(Some(8080)),
        ),
        (
            "org.springframework.web.reactive.function.client.WebClientResponseException$InternalServerError: 500 Internal Server Error from GET http://cart:8080/items",
            cart(Some(8080)),
        ),
        (
            "feign.FeignException$ServiceUnavailable: [503 Service Unavailable] during [GET] to [http://cart:8080/items] [CartClient#items()]: []",
            cart(Some(8080)),
        ),
        ("GET http://cart/items: unexpected status: 502", cart(None)),
        (
            "Get \"http://cart:8080/items\": read tcp 10.1.0.4:51234->10.96.0.7:8080: read: connection reset by peer",
            Claim::CallFailed(Address {
                host: "10.96.0.7".to_owned(),
                port: Some(8080),
            }),
        ),
        ("Get \"http://cart:8080/items\": EOF", cart(Some(8080))),
        (
            "upstream prematurely closed connection while reading response header from upstream, client: 10.1.0.1, server: , request: \"GET / HTTP/1.0\", upstream: \"http://10.96.0.7:8080/\", host: \"shop\"",
            Claim::CallFailed(Address {
                host: "10.96.0.7".to_owned(),
                port: Some(8080),
            }),
        ),
        (
            "AxiosError: Request failed with status code 503",
            Claim::CallFailed(Address::default()),
        ),
        (
            "rpc error: code = Unavailable desc = error reading from server",
            Claim::CallFailed(Address::default()),
        ),
    ] {
        assert_eq!(read_line(line), Some(expected), "{line}");
    }
    assert_eq!(
        read_line(
            "10.0.0.1 - - [01/Jan/2026:12:00:00 +0000] \"GET /x HTTP/1.1\" 503 Service Unavailable"
        ),
        None
    );
    assert_eq!(
        read_line("listening on http://0.0.0.0:5000, 500 workers"),
        None
    );
}

#[test]
fn full_disks_and_volumes_that_may_not_be_used() {
    let no_space = |path: &str| Claim::NoSpace {
        path: path.to_owned(),
    };
    let denied = |path: &str| Claim::PermissionDenied {
        path: path.to_owned(),
    };
    for (line, expected) in [
        (
            "write /data/wal/00000001: no space left on device",
            no_space("/data/wal/00000001"),
        ),
        (
            "OSError: [Errno 28] No space left on device: '/data/x'",
            no_space("/data/x"),
        ),
        (
            "Error: ENOSPC: no space left on device, write",
            no_space(""),
        ),
        (
            "System.IO.IOException: No space left on device : '/data/x'",
            no_space("/data/x"),
        ),
        (
            "No space left on device @ io_write - /data/x (Errno::ENOSPC)",
            no_space("/data/x"),
        ),
        (
            "MISCONF Redis is configured to save RDB snapshots: disk full",
            no_space(""),
        ),
        (
            "Can't open or create append-only dir /data: Permission denied",
            denied("/data"),
        ),
        (
            "initdb: error: could not change permissions of directory \"/var/lib/postgresql/data\": Operation not permitted",
            denied("/var/lib/postgresql/data"),
        ),
        (
            "IllegalOperation: Attempted to create a lock file on a read-only directory: /data/db, terminating",
            denied("/data/db"),
        ),
        (
            "GF_PATHS_DATA='/var/lib/grafana' is not writable.",
            denied("/var/lib/grafana"),
        ),
    ] {
        assert_eq!(read_line(line), Some(expected), "{line}");
    }
}
