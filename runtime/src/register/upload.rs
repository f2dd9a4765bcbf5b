//! Uploads files into Flyte's store, through signed URLs of its data proxy.

mod error;

use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flytekit_proto::flyteidl::service::{
    CreateUploadLocationRequest, CreateUploadLocationResponse,
};
use futures_util::stream;
use indicatif::BinaryBytes;
use md5::{Digest as _, Md5};
use reqwest::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use reqwest::{Body, Response, Url};
use tokio::time::{sleep, timeout};

use super::admin::Admin;
use super::fast::Archive;
use crate::bounded;
use crate::meter::{Audience, Meter};
pub(crate) use error::UploadError;
use error::{FailedPut, Why};

/// The maximum number of attempts for a file.
const ATTEMPTS: u32 = 5;

/// The pause before the second attempt; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(300);

/// The time for which a store may accept no data and send no answer, unless `FLYTEKIT_STORE_TIMEOUT`
/// (seconds) sets another one.
const SILENCE: Duration = Duration::from_secs(120);

/// A signature that expires within this time is not used again.
const SOON_STALE: Duration = Duration::from_secs(30);

/// How often the progress is checked.
const LOOK: Duration = Duration::from_millis(200);

/// An upload that ends sooner shows nothing.
const SOON: Duration = Duration::from_secs(2);

/// The size of a piece that is sent at once.
const PIECE: usize = 1 << 18;

/// The maximum number of bytes read of an answer, for an error message.
const LONGEST_ANSWER: usize = 1 << 16;

/// A file to upload. The same content always gets the same location.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    name: String,
    /// The folder of the location; if empty, it is computed from the digest.
    root: String,
    content: Content,
    size: u64,
    md5: [u8; 16],
}

#[derive(Clone)]
enum Content {
    Bytes(Bytes),
    File(PathBuf),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Content::File(path) => path.fmt(f),
        }
    }
}

impl Upload {
    /// An executable.
    pub(crate) fn of_archive(archive: &Archive) -> Self {
        Upload::of_bytes(&archive.name, archive.bytes.clone())
    }

    /// A local file. It is read once to compute its digest.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let (mut file, _) = bounded::open(path)?;
        let (mut hasher, mut size) = (Md5::new(), 0);
        let mut block = vec![0; PIECE];
        loop {
            let read = file.read(&mut block)?;
            if read == 0 {
                break;
            }
            hasher.update(&block[..read]);
            size += read as u64;
        }
        let name = path.file_name().unwrap_or_default();
        Ok(Upload {
            name: name.to_string_lossy().into_owned(),
            root: String::new(),
            content: Content::File(path.to_owned()),
            size,
            md5: hasher.finalize().into(),
        })
    }

    /// Content that becomes a file only in the store.
    pub(crate) fn of_bytes(name: &str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Upload {
            name: name.to_owned(),
            root: String::new(),
            size: bytes.len() as u64,
            md5: Md5::digest(&bytes).into(),
            content: Content::Bytes(bytes),
        }
    }

    /// The content's MD5.
    pub(crate) fn digest(&self) -> [u8; 16] {
        self.md5
    }

    /// This upload with another name, below a folder of the caller's choice instead of one computed from the
    /// content. This way, the files of a folder get a common location.
    #[must_use]
    pub(crate) fn placed(mut self, root: &str, name: &str) -> Self {
        root.clone_into(&mut self.root);
        name.clone_into(&mut self.name);
        self
    }

    fn request(&self, project: &str, domain: &str) -> CreateUploadLocationRequest {
        CreateUploadLocationRequest {
            project: project.to_owned(),
            domain: domain.to_owned(),
            filename: self.name.clone(),
            filename_root: self.root.clone(),
            content_md5: self.md5.to_vec(),
            add_content_md5_metadata: true,
            ..CreateUploadLocationRequest::default()
        }
    }

    /// Opens the content at its beginning.
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match &self.content {
            Content::Bytes(bytes) => Box::new(io::Cursor::new(bytes.clone())),
            Content::File(path) => Box::new(File::open(path)?),
        })
    }
}

/// Uploads a file to a project and its domain, and returns the URI under which tasks can read it.
///
/// # Errors
///
/// If Flyte provides no location, or the store refuses the file.
pub(crate) async fn upload(
    admin: &Admin,
    project: (&str, &str),
    upload: &Upload,
) -> Result<String, UploadError> {
    let failed = |why| UploadError::new(&upload.name, upload.size, why);
    let mut location = locate(admin, project, upload).await?;
    let mut attempts = 1;
    loop {
        let place = Destination::of(&location).map_err(failed)?;
        let failure = match put(admin.http(), &place, upload).await {
            Ok(()) => return Ok(location.native_url),
            Err(failure) => failure,
        };
        let is_stale = is_stale(&location);
        if attempts == ATTEMPTS || !(failure.passes() || is_stale && failure.is_refusal()) {
            let host = host(&place.url);
            return Err(failed(Why::Store {
                host,
                failure,
                attempts,
            }));
        }
        tracing::debug!(name = upload.name, attempts, ?failure, "again");
        sleep(FIRST_PAUSE * 2_u32.pow(attempts - 1)).await;
        attempts += 1;
        if is_stale {
            location = locate(admin, project, upload).await?;
        }
    }
}

async fn locate(
    admin: &Admin,
    (project, domain): (&str, &str),
    upload: &Upload,
) -> Result<CreateUploadLocationResponse, UploadError> {
    let location = admin.create_upload_location(upload.request(project, domain));
    let failed = |error| UploadError::new(&upload.name, upload.size, Why::Location(error));
    location.await.map_err(failed)
}

/// Whether a signature has expired, or will soon.
fn is_stale(location: &CreateUploadLocationResponse) -> bool {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let soon = now.unwrap_or_default() + SOON_STALE;
    let expires = location.expires_at.as_ref().map(|it| it.seconds);
    expires.is_some_and(|expires| expires < soon.as_secs().cast_signed())
}

/// The URL and the headers of an upload.
struct Destination {
    url: Url,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Destination {
    fn of(location: &CreateUploadLocationResponse) -> Result<Self, Why> {
        if location.native_url.is_empty() {
            return Err(Why::NoPlace("names no URI of the file"));
        }
        // The URL is not shown, because it lets anybody write.
        let url = Url::parse(&location.signed_url);
        let url = url.map_err(|_| Why::NoPlace("returns no valid URL to send the file to"))?;
        let mut headers = Vec::new();
        let azure = ["abfs://", "abfss://"];
        if azure.iter().any(|it| location.native_url.starts_with(it)) {
            headers.push((
                HeaderName::from_static("x-ms-blob-type"),
                HeaderValue::from_static("BlockBlob"),
            ));
        }
        for (name, value) in &location.headers {
            let (Ok(name), Ok(value)) = (name.parse(), value.parse()) else {
                return Err(Why::NoPlace("requires a header that is not valid in HTTP"));
            };
            headers.push((name, value));
        }
        Ok(Destination { url, headers })
    }
}

/// Sends a file. It is given up when neither the file nor an answer makes progress.
async fn put(
    client: &reqwest::Client,
    place: &Destination,
    upload: &Upload,
) -> Result<(), FailedPut> {
    let file = Same::open(upload).map_err(FailedPut::File)?;
    let sent = Arc::new(Mutex::new(Sent::default()));
    let mut request = client
        .put(place.url.clone())
        .header("Content-MD5", STANDARD.encode(upload.md5))
        .body(body(file, Arc::clone(&sent)));
    for (name, value) in &place.headers {
        request = request.header(name, value);
    }
    // Stores require the length, and refuse chunked bodies.
    request = request.header(CONTENT_LENGTH, upload.size);
    let silence = silence();
    let mut meter = Meter::default();
    let started = Instant::now();
    let name = format!("upload {}", upload.name);
    let mut answer = pin!(request.send());
    let answer = loop {
        if let Ok(answer) = timeout(LOOK, &mut answer).await {
            let failed = |error| match lock(&sent).failure.take() {
                Some(failure) => FailedPut::File(failure),
                None => FailedPut::connection(&error),
            };
            break answer.map_err(failed)?;
        }
        let sent = lock(&sent);
        if sent.at.elapsed() > silence {
            return Err(FailedPut::Silence(silence));
        }
        if started.elapsed() > SOON {
            let audience = Audience {
                name: &name,
                can_draw: io::stderr().is_terminal(),
            };
            let what = format!(
                "{} of {}",
                BinaryBytes(sent.bytes),
                BinaryBytes(upload.size)
            );
            meter.show(audience, sent.bytes, Some(upload.size), &what);
        }
    };
    let status = answer.status();
    if matches!(status.as_u16(), 200 | 201) {
        return Ok(());
    }
    let text = timeout(silence, beginning(answer)).await;
    let text = text.unwrap_or_default();
    Err(FailedPut::status(status, &text, &place.url))
}

/// The progress of an upload.
struct Sent {
    bytes: u64,
    at: Instant,
    /// The error of the file itself, which the connection's error would hide.
    failure: Option<io::Error>,
}

impl Sent {
    fn note(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        self.at = Instant::now();
    }
}

impl Default for Sent {
    fn default() -> Self {
        Sent {
            bytes: 0,
            at: Instant::now(),
            failure: None,
        }
    }
}

fn lock(sent: &Mutex<Sent>) -> MutexGuard<'_, Sent> {
    sent.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request body that records its progress. It reads from the local disk while other futures wait, which
/// takes only a moment.
fn body(file: Same, sent: Arc<Mutex<Sent>>) -> Body {
    let pieces = stream::unfold((file, sent), |(mut file, sent)| async move {
        let piece = file.piece().transpose()?;
        match &piece {
            Ok(piece) => lock(&sent).note(piece),
            Err(error) => lock(&sent).failure = Some(io::Error::other(error.to_string())),
        }
        Some((piece, (file, sent)))
    });
    Body::wrap_stream(pieces)
}

/// A file that was read before, and must not have changed, because its digest determines its location.
struct Same {
    file: Box<dyn Read + Send>,
    left: u64,
    hasher: Md5,
    md5: [u8; 16],
}

impl Same {
    fn open(upload: &Upload) -> io::Result<Self> {
        Ok(Same {
            file: upload.open()?,
            left: upload.size,
            hasher: Md5::new(),
            md5: upload.md5,
        })
    }

    /// The next piece; the last one only if the whole content is unchanged.
    fn piece(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let mut piece = vec![0; PIECE];
        let read = self.file.read(&mut piece)?;
        piece.truncate(read);
        self.hasher.update(&piece);
        let left = self.left.checked_sub(read as u64).filter(|_| read > 0);
        self.left = left.ok_or_else(changed)?;
        if self.left == 0 {
            let is_end = self.file.read(&mut [0])? == 0;
            let digest: [u8; 16] = std::mem::take(&mut self.hasher).finalize().into();
            if !is_end || digest != self.md5 {
                return Err(changed());
            }
        }
        Ok(Some(piece.into()))
    }
}

fn changed() -> io::Error {
    io::Error::other("it was written to meanwhile; finish writing it before the upload")
}

/// The beginning of an answer, which need not be text.
async fn beginning(mut answer: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < LONGEST_ANSWER
        && let Ok(Some(piece)) = answer.chunk().await
    {
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `host:port` of a URL, without credentials.
fn host(url: &Url) -> String {
    let port = url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    format!("{}{port}", url.host_str().unwrap_or_default())
}

fn silence() -> Duration {
    let seconds = std::env::var("FLYTEKIT_STORE_TIMEOUT").ok();
    let seconds = seconds.and_then(|text| text.parse().ok());
    seconds.map_or(SILENCE, Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_sent_is_what_was_read_before() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let content: Vec<u8> = (0..=u8::MAX).cycle().take(2 * PIECE + 7).collect();
        fs::write(file.path(), &content).unwrap();
        let upload = Upload::of_file(file.path()).unwrap();
        let send = || {
            let (mut same, mut sent) = (Same::open(&upload).unwrap(), Vec::new());
            while let Some(piece) = same.piece()? {
                sent.extend_from_slice(&piece);
            }
            io::Result::Ok(sent)
        };
        assert!(send().unwrap() == content);
        let changes: [fn(&mut Vec<u8>); 4] = [
            |content| content.truncate(PIECE),
            Vec::clear,
            |content| content.push(0),
            |content| content[PIECE] ^= 1,
        ];
        for change in changes {
            let mut content = content.clone();
            change(&mut content);
            fs::write(file.path(), content).unwrap();
            let error = send().unwrap_err().to_string();
            assert!(error.contains("written to meanwhile"), "{error}");
        }
    }
}
