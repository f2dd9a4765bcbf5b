//! Objects that are written: what fits into one part is put at once, the rest in parts, several at
//! a time. The store shows nothing of either before it is complete.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::mem;

use object_store::path::Path;
use object_store::{MultipartUpload, PutMultipartOptions, PutOptions, PutPayload};
use tokio::task::JoinHandle;

use super::request::Request;
use super::{PART, metadata, thread};
use crate::store::{StoreError, Unfinished};

/// After so many parts they get twice as large: there may be 10,000, whatever their size.
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
    /// None while it may still fit into one.
    parts: Option<Parts>,
}

#[derive(Debug)]
struct Parts {
    upload: Box<dyn MultipartUpload>,
    begun: usize,
    under_way: VecDeque<JoinHandle<Result<(), StoreError>>>,
}

impl Upload {
    /// How large the next part is.
    fn part(&self) -> usize {
        let begun = self.parts.as_ref().map_or(0, |parts| parts.begun);
        PART << (begun / SAME_SIZE)
    }

    /// Sends what is in the buffer, once there is room for it.
    fn send(&mut self) -> Result<(), StoreError> {
        let payload = PutPayload::from(mem::take(&mut self.buffer));
        let mut parts = match self.parts.take() {
            Some(parts) => parts,
            None => self.begin()?,
        };
        let part = parts.upload.put_part(payload);
        let room = parts.wait(&self.request, self.ahead.saturating_sub(1));
        let begun = room.and_then(|()| self.request.spawn(self.request.explained(part)));
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
        Ok(Parts {
            upload: self.request.wait(begin)?,
            begun: 0,
            under_way: VecDeque::new(),
        })
    }

    /// Writes what fits into one part.
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
        let Some(Parts {
            mut upload, begun, ..
        }) = self.parts.take()
        else {
            return Ok(());
        };
        let request = self.request.clone();
        let complete = async move {
            let completed = request.explained(upload.complete()).await;
            Ok((completed.map(drop), upload))
        };
        let (completed, upload) = self.request.finish(complete)?;
        if completed.is_err() {
            self.parts = Some(Parts {
                upload,
                begun,
                under_way: VecDeque::new(),
            });
        }
        completed
    }
}

impl Parts {
    /// Waits until no more than these are under way.
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

    /// A part that is too small cannot be sent.
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
    /// Tells the store that the parts which it has are of no use.
    fn drop(&mut self) {
        let Some(mut parts) = self.parts.take() else {
            return;
        };
        for part in &parts.under_way {
            part.abort();
        }
        // A store that does not hear it keeps parts that nobody sees.
        let _ = self.request.wait(async move { parts.upload.abort().await });
    }
}
