//! The machines that an executable can run on.

use std::fmt;

use object::elf;
use object::read::elf::{ElfFile, FileHeader};
use object::{BinaryFormat, FileFlags, Object, ObjectKind};

/// The reason why a file does not run on Linux.
#[derive(Debug)]
pub(crate) enum NotLinux {
    /// The file is not an executable.
    NoExecutable(object::Error),
    /// The executable is for another system.
    Other(BinaryFormat),
    /// The file is a part of an executable: an object file, a library.
    Part,
}

impl fmt::Display for NotLinux {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotLinux::NoExecutable(error) => write!(f, "it is not an executable ({error})"),
            NotLinux::Other(BinaryFormat::MachO) => f.write_str("it is for macOS (Mach-O)"),
            NotLinux::Other(BinaryFormat::Pe | BinaryFormat::Coff) => {
                f.write_str("it is for Windows (PE)")
            }
            NotLinux::Other(format) => write!(f, "it is for another system ({format:?})"),
            NotLinux::Part => f.write_str("it is an object file or a library"),
        }
    }
}

/// The requirements of an executable on its image.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Linkage {
    /// The newest version of glibc that it requires, such as `2.34`.
    glibc: Option<(u32, u32)>,
}

impl Linkage {
    pub(super) fn to_string_if_any(&self) -> Option<String> {
        let (major, minor) = self.glibc?;
        Some(format!(
            "the executable is linked to a C library of its build machine: the image needs glibc \
             {major}.{minor} or newer. Built with --target x86_64-unknown-linux-musl, it needs no C library"
        ))
    }
}

/// The libraries that an executable for Linux is linked to.
pub(super) fn linkage(content: &[u8]) -> Result<Linkage, NotLinux> {
    let file = object::File::parse(content).map_err(NotLinux::NoExecutable)?;
    if file.format() != BinaryFormat::Elf {
        return Err(NotLinux::Other(file.format()));
    }
    if let FileFlags::Elf { os_abi, .. } = file.flags()
        && !matches!(os_abi, elf::ELFOSABI_SYSV | elf::ELFOSABI_LINUX)
    {
        return Err(NotLinux::Other(BinaryFormat::Elf));
    }
    let is_program = match file.kind() {
        ObjectKind::Executable => true,
        // Position-independent programs are of the same kind as libraries, but have an entry point.
        ObjectKind::Dynamic => file.entry() != 0,
        _ => false,
    };
    if !is_program {
        return Err(NotLinux::Part);
    }
    let glibc = match &file {
        object::File::Elf64(file) => newest_glibc(file),
        object::File::Elf32(file) => newest_glibc(file),
        _ => None,
    };
    Ok(Linkage { glibc })
}

/// The newest version of glibc in a file's version table. A damaged table counts as empty.
fn newest_glibc<Elf: FileHeader>(file: &ElfFile<'_, Elf>) -> Option<(u32, u32)> {
    let (endian, data) = (file.endian(), file.data());
    let sections = file.elf_section_table();
    let (mut needs, link) = sections.gnu_verneed(endian, data).ok()??;
    let strings = sections.strings(endian, data, link).ok()?;
    let mut newest = None;
    while let Ok(Some((_, mut names))) = needs.next() {
        while let Ok(Some(name)) = names.next() {
            newest = newest.max(version(name.name(endian, strings).ok()?));
        }
    }
    newest
}

/// Parses `GLIBC_2.34` as `2.34`.
fn version(name: &[u8]) -> Option<(u32, u32)> {
    let version = std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
    let mut numbers = version.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_version_has_its_number() {
        assert_eq!(version(b"GLIBC_2.34"), Some((2, 34)));
        assert_eq!(version(b"GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(version(b"GLIBC_PRIVATE"), None);
        assert_eq!(version(b"GCC_3.0"), None);
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn this_program_says_which_glibc_it_needs() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let needed = linkage(&own).unwrap().glibc.expect("glibc");
        assert!(needed >= (2, 17), "{needed:?}");
    }
}
