//! The site of `benches/hurl.sh`: answers `/items/N` with a small JSON document, on loopback and a free port, after a delay.
//!
//! The first argument is the delay in milliseconds. The port is said on standard output; the end of standard input ends it.

use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

fn main() -> io::Result<()> {
    let delay = match env::args().nth(1).map(|text| text.parse()).transpose() {
        Ok(milliseconds) => Duration::from_millis(milliseconds.unwrap_or(0)),
        Err(_) => return Err(io::Error::other("the delay is a whole number of milliseconds")),
    };
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    writeln!(io::stdout(), "{}", listener.local_addr()?.port())?;
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // A client that goes away mid-request is its own affair.
            thread::spawn(move || serve(&connection, delay));
        }
    });
    // Whoever started it holds the other end: when they are gone, however they went, so is the site.
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Answers the requests of one connection until it is closed.
fn serve(connection: &TcpStream, delay: Duration) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default();
        let item: Option<u32> = path.strip_prefix("/items/").and_then(|number| number.parse().ok());
        // The requests of this measurement carry no body: what is left of one is its header.
        while line.trim_end() != "" {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
        }
        thread::sleep(delay);
        let (status, body) = match item {
            Some(number) => ("200 OK", document(number)),
            None => ("404 Not Found", String::from(r#"{"error":"no such item"}"#)),
        };
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        (&mut &*connection).write_all(format!("{head}{body}").as_bytes())?;
    }
}

/// Some 370 bytes, as a list's entry in an API may have.
fn document(number: u32) -> String {
    let tags: Vec<String> = (0..8).map(|tag| format!(r#"{{"name":"tag-{tag}","weight":{}}}"#, (number * 7 + tag) % 100)).collect();
    format!(
        r#"{{"id":{number},"name":"item-{number}","summary":"What item {number} is good for, in one sentence of usual length.","price":{}.5,"in_stock":{},"tags":[{}]}}"#,
        number % 90,
        !number.is_multiple_of(3),
        tags.join(",")
    )
}
