//! Objects that are being written. Content that fits into one part is sent with one request, larger content
//! in parts, several at a time. In both cases the store shows nothing before the object is complete.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use object_store::path::Path;
use object_store::{MultipartUpload, PutMultipartOptions, PutOptions, PutPayload};
use tokio::task::JoinHandle;

use super::request::Request;
use super::{PART, metadata, thread};
use crate::execute::{Cancellable, cancellable};
use crate::store::{StoreError, Unfinished};

/// After this many parts the part size doubles, because an object may have at most 10,000 parts, large or
/// small.
const SAME_SIZE: usize = 2000;

pub(super) fn create(request: Request, path: Path, ahead: usize) -> Box<dyn Unfinished> {
    Box::new(Upload {
        request,
        path,
        ahead,
        buffer: Vec::new(),
        parts: None,
    })
}

/// An object that is being written.
#[derive(Debug)]
struct Upload {
    request: Request,
    path: Path,
    /// How many parts may be under way.
    ahead: usize,
    buffer: Vec<u8>,
    /// None while the content may still fit into one part.
    parts: Option<Parts>,
}

#[derive(Debug)]
struct Parts {
    upload: Arc<Shared>,
    _taken_back: Cancellable<'static>,
    begun: usize,
    under_way: VecDeque<JoinHandle<Result<(), StoreError>>>,
}

/// The store's handle of the multipart upload, shared with the code that aborts it when the process is told
/// to end. None while the upload is being completed, and after that.
#[derive(Debug)]
struct Shared(Mutex<Option<Box<dyn MultipartUpload>>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<Box<dyn MultipartUpload>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the store to discard the uploaded parts.
    fn abort(&self, request: &Request) {
        let upload = self.lock().take();
        if let Some(mut upload) = upload {
            // A store that does not receive this keeps parts that nobody sees.
            let _ = request.wait(async move { upload.abort().await });
        }
    }
}

impl Upload {
    /// The size of the next part.
    fn part(&self) -> usize {
        let begun = self.parts.as_ref().map_or(0, |parts| parts.begun);
        PART << (begun / SAME_SIZE)
    }

    /// Sends the buffer, once there is room for another part.
    fn send(&mut self) -> Result<(), StoreError> {
        let payload = PutPayload::from(mem::take(&mut self.buffer));
        let mut parts = match self.parts.take() {
            Some(parts) => parts,
            None => self.begin()?,
        };
        let part = parts
            .upload
            .lock()
            .as_mut()
            .map(|upload| upload.put_part(payload));
        let room = parts.wait(&self.request, self.ahead.saturating_sub(1));
        let begun = room.and_then(|()| match part {
            Some(part) => self.request.spawn(self.request.explained(part)),
            None => Err(StoreError::refused(
                self.request.tried(),
                "the process ends",
            )),
        });
        let begun = begun.map(|part| parts.under_way.push_back(part));
        parts.begun += 1;
        self.parts = Some(parts);
        begun
    }

    fn begin(&self) -> Result<Parts, StoreError> {
        let (store, path) = (self.request.store(), self.path.clone());
        let options = PutMultipartOptions {
            attributes: metadata::attributes(self.request.scheme(), &path),
            ..PutMultipartOptions::default()
        };
        let begin = async move { store.put_multipart_opts(&path, options).await };
        let upload = Arc::new(Shared(Mutex::new(Some(self.request.wait(begin)?))));
        let (taken_back, request) = (Arc::clone(&upload), self.request.clone());
        Ok(Parts {
            upload,
            _taken_back: cancellable(move || taken_back.abort(&request)),
            begun: 0,
            under_way: VecDeque::new(),
        })
    }

    /// Writes content that fits into one part.
    fn put(&mut self) -> Result<(), StoreError> {
        let payload = PutPayload::from(mem::take(&mut self.buffer));
        let (store, path) = (self.request.store(), self.path.clone());
        let options = PutOptions {
            attributes: metadata::attributes(self.request.scheme(), &path),
            ..PutOptions::default()
        };
        let put = async move { store.put_opts(&path, payload, options).await };
        self.request.wait(put).map(drop)
    }

    /// Makes one object of the parts.
    fn complete(&mut self) -> Result<(), StoreError> {
        let Some(parts) = &mut self.parts else {
            return Ok(());
        };
        parts.wait(&self.request, 0)?;
        let Some(mut upload) = parts.upload.lock().take() else {
            return Err(StoreError::refused(
                self.request.tried(),
                "the process ends",
            ));
        };
        let request = self.request.clone();
        let complete = async move {
            let completed = request.explained(upload.complete()).await;
            Ok((completed.map(drop), upload))
        };
        let (completed, upload) = self.request.finish(complete)?;
        if completed.is_err() {
            *parts.upload.lock() = Some(upload);
        }
        completed
    }
}

impl Parts {
    /// Waits until at most `limit` parts are under way.
    fn wait(&mut self, request: &Request, limit: usize) -> Result<(), StoreError> {
        while self.under_way.len() > limit {
            let Some(oldest) = self.under_way.pop_front() else {
                break;
            };
            let refused = |error| Err(StoreError::refused(request.tried(), error));
            thread::wait(oldest).unwrap_or_else(refused)?;
        }
        Ok(())
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = self.part();
        if self.buffer.len() >= part {
            self.send()?;
        }
        let written = bytes.len().min(part - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..written]);
        Ok(written)
    }

    /// Does nothing, because a part below the minimum size cannot be sent.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Unfinished for Upload {
    fn finish(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.parts.is_none() {
            return self.put();
        }
        if !self.buffer.is_empty() {
            self.send()?;
        }
        self.complete()
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(parts) = self.parts.take() {
            for part in &parts.under_way {
                part.abort();
            }
            parts.upload.abort(&self.request);
        }
    }
}
