//! What hiding costs a stream of log lines: ordinary ones, ones that speak of tokens and
//! keys without holding any, and ones with secrets.
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use podside_redact::{Lines, hide};

/// As many lines as are hidden at a time.
const LINES: usize = 10_000;

const ORDINARY: [&str; 8] = [
    r#"10.244.1.17 - - [30/Nov/2026:09:21:00 +0000] "GET /api/v1/orders/4711?page=2&sort=created HTTP/1.1" 200 5123 "-" "Mozilla/5.0 (X11; Linux x86_64)" rt=0.012"#,
    r#"{"level":"info","ts":"2026-11-30T09:21:00.113Z","caller":"http/server.go:218","msg":"request handled","method":"GET","route":"/cart","status":200,"took":"3.1ms"}"#,
    "2026-11-30 09:21:00.117  INFO 1 --- [nio-8080-exec-4] c.a.shop.orders.OrderService            : order 84213 of customer 1177 has 3 positions, total 54.20 EUR",
    "I1130 09:21:00.201734       1 controller.go:231] \"Finished syncing\" logger=\"replicaset\" object=\"shop/cart-6d4cf56db6\" duration=\"1.204ms\" retries=0 queue=12",
    "level=debug ts=2026-11-30T09:21:00.311Z component=scheduler msg=\"picked 14 tasks of 2913\" shard=7 lag=0.42s heap=182MiB goroutines=311 gc=1.2ms",
    "ts=2026-11-30T09:21:00Z WARN slow query: SELECT id, created_at, total FROM orders WHERE customer_id = $1 ORDER BY created_at DESC LIMIT 50 took 812ms rows=50",
    "	at org.springframework.web.servlet.FrameworkServlet.processRequest(FrameworkServlet.java:1014) ~[spring-webmvc-6.1.4.jar!/:6.1.4]",
    "time=\"2026-11-30T09:21:00Z\" level=info msg=\"Pulled image docker.io/library/nginx@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31\"",
];

const SPEAKING: [&str; 4] = [
    "ts=2026-11-30T09:21:00Z level=info msg=\"token refreshed\" user=alice token_type=bearer key_id=shop-2026 expires_in=3600 auth=oidc secret=db-credentials",
    r#"{"level":"warn","msg":"secret \"api-token\" not found","namespace":"shop","authenticated":true,"url":"https://idp.example.com/oauth2/token?state=x"}"#,
    "E1130 09:21:00.201734 1 authentication.go:73] \"Unable to authenticate the request\" err=\"[invalid bearer token, token lookup failed]\" path=/api/v1/secrets",
    "passed=42 failed=0 key=orders:42:positions cache=hit password authentication for user shop succeeded, primary key id=4711, cookie domain example.com",
];

const SECRET: [&str; 4] = [
    "level=error msg=\"connect\" url=postgres://app:hunter2x@db.shop.svc:5432/orders?sslmode=disable attempt=3 after=2.1s backoff=4s pool=orders host=db-0",
    r#"{"level":"debug","headers":{"authorization":"Bearer 0a1b2c3d4e5f60718293a4b5c6d7e8f9","accept":"*/*"},"path":"/v1/orders","took":"3.1ms","status":401}"#,
    "2026-11-30 09:21:00 DEBUG Config(host='db', user='app', password='hunter2-long', pool=5, timeout=30s, tls=false) loaded from /etc/shop/config.yaml",
    "time=09:21 msg=\"signing\" key=AKIAZZZZZZZZZZZZZZZZ region=eu-central-1 service=s3 bucket=backups object=orders/2026/11/30.sql.gz size=81273 took=81ms",
];

fn lines(c: &mut Criterion) {
    let mut group = c.benchmark_group("lines");
    group.throughput(Throughput::Elements(LINES as u64));
    for (name, of) in [
        ("ordinary", &ORDINARY[..]),
        ("speaking of secrets", &SPEAKING),
        ("with secrets", &SECRET),
    ] {
        let lines: Vec<&str> = of.iter().copied().cycle().take(LINES).collect();
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut stream = Lines::new();
                lines
                    .iter()
                    .map(|line| stream.hide(line).len())
                    .sum::<usize>()
            });
        });
    }
    group.finish();
}

/// A text that begins a secret at every few bytes: eight times as much of it should take
/// about eight times as long.
fn proportion(c: &mut Criterion) {
    let mut group = c.benchmark_group("proportion");
    for unit in [
        "password=\"a ",
        "postgres://a:b@",
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIA",
        "Cookie: a=b; ",
        "name: DB_PASSWORD ",
    ] {
        for count in [250, 2_000] {
            let text = unit.repeat(count);
            group.throughput(Throughput::Bytes(text.len() as u64));
            let name = format!("{} × {count}", unit.trim());
            group.bench_function(name, |b| b.iter(|| hide(&text).len()));
        }
    }
    group.finish();
}

criterion_group!(benches, lines, proportion);
criterion_main!(benches);
