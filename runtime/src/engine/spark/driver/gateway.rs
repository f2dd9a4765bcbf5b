//! A connection to the JVM that started this process.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::protocol::{CallArgument, Command, Object, Reply, Target, Value};
use crate::console::Foreign;
use crate::engine::deadline::Deadline;
use crate::engine::spark::log::says_something;

/// The longest answer that is read; the longest ones are stack traces.
const LONGEST: usize = 4 << 20;

/// How often [`Gateway::construct`] reports that it waits.
const PROGRESS: Duration = Duration::from_secs(2);

/// Why the JVM did not execute a command.
#[derive(Debug)]
pub(super) enum GatewayError {
    /// There is no connection, or it was closed.
    Gone(io::Error),
    /// No answer by the deadline. The connection cannot be used any more.
    Silent { waited: Duration },
    /// The other side does not speak py4j, or another version of it.
    Foreign(String),
    /// The secret is wrong, or a command is unknown.
    Refused(String),
    /// A Java exception, with its stack trace.
    Thrown(String),
}

/// A connection that sends commands to the JVM, one after the other.
#[derive(Debug)]
pub(super) struct Gateway {
    stream: TcpStream,
    /// The bytes that were read, at most up to the end of an answer.
    read: Vec<u8>,
}

impl Gateway {
    /// Connects to the port from `spark-submit`, and authenticates with its secret.
    ///
    /// # Errors
    ///
    /// If nothing listens there, or the secret is wrong.
    pub(super) fn open(port: u16, secret: &str, deadline: &Deadline) -> Result<Self, GatewayError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let limit = deadline.left().max(Duration::from_millis(1));
        let stream = TcpStream::connect_timeout(&address, limit).map_err(GatewayError::Gone)?;
        // Commands are written as a whole, and the next command waits for the answer.
        stream.set_nodelay(true).map_err(GatewayError::Gone)?;
        let mut gateway = Gateway {
            stream,
            read: Vec::new(),
        };
        gateway.nothing(Command::Authenticate(secret), deadline)?;
        Ok(gateway)
    }

    /// Creates an object. That may take long, so `waiting` is called now and then.
    pub(super) fn construct(
        &mut self,
        class: &str,
        deadline: &Deadline,
        waiting: impl FnMut(),
    ) -> Result<Object, GatewayError> {
        self.send(Command::Construct(class), deadline)?;
        let value = self.answer(deadline, waiting)?;
        object(value)
    }

    /// The instance of a Scala `object`.
    pub(super) fn module(
        &mut self,
        class: &str,
        deadline: &Deadline,
    ) -> Result<Object, GatewayError> {
        object(self.ask(Command::Module(class), deadline)?)
    }

    /// Calls a method that returns an object.
    pub(super) fn object(
        &mut self,
        of: Target<'_>,
        method: &str,
        deadline: &Deadline,
    ) -> Result<Object, GatewayError> {
        object(self.call(of, method, &[], deadline)?)
    }

    /// Calls a method.
    pub(super) fn call(
        &mut self,
        of: Target<'_>,
        method: &str,
        with: &[CallArgument<'_>],
        deadline: &Deadline,
    ) -> Result<Value, GatewayError> {
        self.ask(Command::Call { of, method, with }, deadline)
    }

    fn nothing(&mut self, command: Command<'_>, deadline: &Deadline) -> Result<(), GatewayError> {
        match self.ask(command, deadline)? {
            Value::Nothing => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    fn ask(&mut self, command: Command<'_>, deadline: &Deadline) -> Result<Value, GatewayError> {
        self.send(command, deadline)?;
        self.answer(deadline, || ())
    }

    fn send(&mut self, command: Command<'_>, deadline: &Deadline) -> Result<(), GatewayError> {
        let limit = deadline.left().max(Duration::from_millis(1));
        self.stream
            .set_write_timeout(Some(limit))
            .and_then(|()| self.stream.write_all(command.lines().as_bytes()))
            .map_err(GatewayError::Gone)
    }

    /// The answer to the last command; for an exception, its trace is fetched.
    fn answer(
        &mut self,
        deadline: &Deadline,
        waiting: impl FnMut(),
    ) -> Result<Value, GatewayError> {
        let line = self.line(deadline, waiting)?;
        match Reply::parse(&line).map_err(GatewayError::Foreign)? {
            Reply::Done(value) => Ok(value),
            Reply::Refused(reason) => Err(GatewayError::Refused(reason)),
            Reply::Thrown(exception) => {
                self.send(Command::Trace(&exception), deadline)?;
                let line = self.line(deadline, || ())?;
                match Reply::parse(&line).map_err(GatewayError::Foreign)? {
                    Reply::Done(Value::Text(trace)) => Err(GatewayError::Thrown(trace)),
                    _ => Err(GatewayError::Thrown("a Java exception".to_owned())),
                }
            }
        }
    }

    /// Reads up to a line break.
    fn line(
        &mut self,
        deadline: &Deadline,
        mut waiting: impl FnMut(),
    ) -> Result<Vec<u8>, GatewayError> {
        let mut piece = [0; 4096];
        let mut searched = 0;
        loop {
            if let Some(end) = self.read[searched..].iter().position(|byte| *byte == b'\n') {
                let rest = self.read.split_off(searched + end + 1);
                let mut line = std::mem::replace(&mut self.read, rest);
                line.pop();
                return Ok(line);
            }
            searched = self.read.len();
            if searched > LONGEST {
                return Err(GatewayError::Foreign(format!("more than {LONGEST} bytes")));
            }
            if deadline.left().is_zero() {
                let waited = deadline.elapsed();
                return Err(GatewayError::Silent { waited });
            }
            // The standard library refuses a timeout of zero.
            let limit = PROGRESS.min(deadline.left()).max(Duration::from_millis(1));
            let read = self
                .stream
                .set_read_timeout(Some(limit))
                .and_then(|()| self.stream.read(&mut piece));
            match read {
                Ok(0) => return Err(GatewayError::Gone(ErrorKind::UnexpectedEof.into())),
                Ok(length) => self.read.extend_from_slice(&piece[..length]),
                Err(error) if is_time_out(&error) => waiting(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(GatewayError::Gone(error)),
            }
        }
    }
}

fn is_time_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

fn object(value: Value) -> Result<Object, GatewayError> {
    match value {
        Value::Object(object) => Ok(object),
        other => Err(unexpected(&other)),
    }
}

pub(super) fn unexpected(value: &Value) -> GatewayError {
    GatewayError::Foreign(format!("{value:?}"))
}

impl fmt::Display for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GatewayError::Gone(error) => write!(f, "the connection to the JVM is lost: {error}"),
            GatewayError::Silent { waited } => {
                write!(f, "the JVM gave no answer within {} s", waited.as_secs())
            }
            GatewayError::Foreign(what) => {
                let what = Foreign(what);
                write!(f, "the JVM answered in an unknown way: {what}")
            }
            GatewayError::Refused(reason) => write!(f, "the JVM refused: {}", Foreign(reason)),
            GatewayError::Thrown(trace) => f.write_str(reasons(trace).trim_end()),
        }
    }
}

impl std::error::Error for GatewayError {}

/// A stack trace without its frames: the exception and its causes.
fn reasons(trace: &str) -> String {
    let reasons = trace.lines().filter(says_something);
    reasons.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    /// A gateway to a server that, for each of the pairs, reads that many lines and then writes the answer.
    fn open(turns: &'static [(usize, &'static str)]) -> Result<Gateway, GatewayError> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(&stream).lines();
            for (count, says) in turns {
                for line in lines.by_ref().take(*count) {
                    line.unwrap();
                }
                (&stream).write_all(says.as_bytes()).unwrap();
            }
            // The connection stays open, but silent, until the other side closes it.
            lines.for_each(drop);
        });
        Gateway::open(port, "secret", &Deadline::after(LIMIT))
    }

    #[test]
    fn a_wrong_secret_is_said() {
        let error = open(&[(2, "!xsAuthentication error: bad token\n")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the JVM refused: Authentication error: bad token"
        );
    }

    #[test]
    fn another_service_is_told_from_py4j() {
        let error = open(&[(1, "HTTP/1.1 400 \u{1b}[2J\r\n\r\n")]).unwrap_err();
        assert!(matches!(error, GatewayError::Foreign(_)), "{error}");
        let said = "`HTTP/1.1 400 \\u{1b}[2J\\r`";
        assert!(error.to_string().ends_with(said), "{error}");
    }

    #[test]
    fn an_exception_gives_its_reasons() {
        let mut gateway = open(&[
            (2, "!yv\n"),
            (3, "!xro3\n"),
            (
                3,
                "!ysa.Exception: no\\n\tat a.B.c(B.java:1)\\nCaused by: b.Exception: why\\n\t... 3 more\\n\n",
            ),
        ])
        .unwrap();
        let error = gateway
            .construct("a.B", &Deadline::after(LIMIT), || ())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "a.Exception: no\nCaused by: b.Exception: why"
        );
    }

    #[test]
    fn answers_may_come_in_pieces_and_together() {
        let mut gateway = open(&[(2, "!yv\n!ysfi"), (4, "rst\n!yi7\n"), (4, "")]).unwrap();
        let class = Target::Class("a.B");
        let deadline = Deadline::after(LIMIT);
        let first = gateway.call(class, "c", &[], &deadline).unwrap();
        assert_eq!(first, Value::Text("first".to_owned()));
        let second = gateway.call(class, "c", &[], &deadline).unwrap();
        assert_eq!(second, Value::Integer(7));
    }

    #[test]
    fn silence_ends_at_the_deadline() {
        let mut gateway = open(&[(2, "!yv\n")]).unwrap();
        let error = gateway
            .construct("a.B", &Deadline::after(Duration::from_millis(50)), || ())
            .unwrap_err();
        assert!(matches!(error, GatewayError::Silent { .. }), "{error}");
    }

    #[test]
    fn an_end_is_told() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || drop(listener.accept()));
        let error = Gateway::open(port, "secret", &Deadline::after(LIMIT)).unwrap_err();
        assert!(matches!(error, GatewayError::Gone(_)), "{error}");
    }
}
