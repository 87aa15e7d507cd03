//! Separates the memories of a snapshot from its code.
//!
//! Configurations of a contract differ in the contents of memories, and in little else. So a snapshot is
//! compiled with a pattern in place of these contents, its images, and the images are written over
//! the pattern in the compiled code. This is what the compiler would have written: it stores an image as
//! it is, and looks at it only to leave out zeros at both ends.
//!
//! Sizes and places of images are rounded, so that configurations that differ a little need the same code.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{ConstExpr, DataCountSection, DataSection, MemorySection, Section};
use wasmparser::{Data, DataKind, MemoryType, Operator, Parser, Payload, TypeRef};

use crate::code_identity::strip_state;
use crate::manifest_section::write_section;
use crate::sections::rewrite_sections;

const PAGE_BYTES: u64 = 64 << 10;
const PAGES_MAX: u64 = 65_536;
/// All memories together are rounded up by this part of what they may still grow by, at most.
const GROWTH_SHARE: u64 = 8;
/// Sizes are rounded to this part of the next power of two, which is an eighth of the size or less.
const SIZE_STEPS: u64 = 16;
/// An image above this size is not separated if most of it are zeros: wasmtime stores it in parts.
const SPARSE_IMAGE_BYTES_MAX: u64 = 16 << 20;
/// Places of images in compiled code are multiples of this, the least page size of any machine.
const PLACE_ALIGNMENT: usize = 4 << 10;

/// A snapshot, and the contents of its memories apart.
pub(crate) struct SeparatedSnapshot {
    /// The component with a pattern in place of each image.
    pub(crate) component: Vec<u8>,
    pub(crate) images: Vec<Vec<u8>>,
    seed: PatternSeed,
}

impl SeparatedSnapshot {
    /// Returns a snapshot that is compiled with its memories in it.
    pub(crate) fn whole(component: Vec<u8>) -> Self {
        let seed = PatternSeed(blake3::hash(&[]));
        Self { component, images: Vec::new(), seed }
    }

    /// Returns the places of the images in the compiled code, or `None` if it does not have each exactly once.
    pub(crate) fn find_image_places(&self, code: &[u8]) -> Option<Vec<ImagePlace>> {
        let find = |(number, image): (usize, &Vec<u8>)| {
            let pattern = self.seed.make_pattern(number, image.len());
            let is_place = |position: &usize| {
                code.get(*position..).is_some_and(|rest| rest.starts_with(&pattern))
            };
            let mut places = (0..code.len()).step_by(PLACE_ALIGNMENT).filter(is_place);
            let (place, None) = (places.next()?, places.next()) else { return None };
            Some(ImagePlace { position: place as u64, bytes: image.len() as u64 })
        };
        self.images.iter().enumerate().map(find).collect()
    }
}

/// Origin of the patterns, a hash of the code that they are compiled with.
///
/// If the patterns were the same everywhere, a component could have one among the constants of its code, where
/// its image would be run. But no code has its own hash in it.
struct PatternSeed(blake3::Hash);

impl PatternSeed {
    /// Returns bytes that no code has in it, and that neither start nor end with a zero.
    fn make_pattern(&self, number: usize, bytes: usize) -> Vec<u8> {
        let mut pattern = vec![0; bytes];
        let mut hasher = blake3::Hasher::new_keyed(self.0.as_bytes());
        hasher.update(&(number as u64).to_le_bytes()).finalize_xof().fill(&mut pattern);
        if let [first, .., last] = pattern.as_mut_slice() {
            (*first, *last) = (1, 1);
        }
        pattern
    }
}

/// Place of an image in compiled code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImagePlace {
    pub(crate) position: u64,
    pub(crate) bytes: u64,
}

/// Separates the memories of a snapshot, as far as their contents are written as the snapshotter does.
pub(crate) fn separate_memories(
    snapshot: &[u8],
    memory_bytes_max: u64,
) -> Result<SeparatedSnapshot, Error> {
    let seed = PatternSeed(blake3::hash(&strip_state(snapshot)?));
    let mut images = Vec::new();
    let growth_bytes = memory_bytes_max.saturating_sub(count_memory_bytes(snapshot)?);
    let mut rounding_bytes = growth_bytes / GROWTH_SHARE;
    let component = rewrite_sections(snapshot, |payload, rewritten| {
        let Payload::ModuleSection { unchecked_range, .. } = payload else { return Ok(false) };
        let module = snapshot.get(unchecked_range.clone()).unwrap_or_default();
        let Some(memories) = ModuleMemories::read(module)? else { return Ok(false) };
        let module = memories.separate(module, &seed, &mut rounding_bytes, &mut images)?;
        write_section(rewritten, wasm_encoder::ComponentSectionId::CoreModule as u8, &module);
        Ok::<_, Error>(true)
    })?;
    Ok(SeparatedSnapshot { component, images, seed })
}

/// Writes images, one after the other in `images`, to their places in code. Returns `None` if they do not fit.
pub(crate) fn write_images(code: &mut [u8], places: &[ImagePlace], images: &[u8]) -> Option<()> {
    let mut rest = images;
    for place in places {
        let (start, bytes) =
            (usize::try_from(place.position).ok()?, usize::try_from(place.bytes).ok()?);
        let (image, further) = rest.split_at_checked(bytes)?;
        code.get_mut(start..start.checked_add(bytes)?)?.copy_from_slice(image);
        rest = further;
    }
    rest.is_empty().then_some(())
}

/// Returns the size of all memories in the component.
fn count_memory_bytes(component: &[u8]) -> Result<u64, Error> {
    let mut bytes = 0_u64;
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::MemorySection(memories) = payload? {
            for memory in memories {
                bytes = bytes.saturating_add(memory?.initial.saturating_mul(PAGE_BYTES));
            }
        }
    }
    Ok(bytes)
}

/// Memories of a core module and what is written to them.
#[derive(Default)]
struct ModuleMemories<'m> {
    types: Vec<MemoryType>,
    /// Segments that are written by instructions, encoded.
    passive: Vec<&'m [u8]>,
    /// Segments that are written at the start, sorted by memory and address.
    active: Vec<ActiveSegment<'m>>,
}

struct ActiveSegment<'m> {
    memory: usize,
    address: u64,
    data: &'m [u8],
}

impl ActiveSegment<'_> {
    fn range(&self) -> Range<u64> {
        self.address..self.address.saturating_add(self.data.len() as u64)
    }
}

/// Contents of a memory.
struct MemoryImage {
    memory: usize,
    address: u64,
    bytes: Vec<u8>,
}

impl<'m> ModuleMemories<'m> {
    /// Reads a module, or returns `None` if its memories cannot be separated.
    fn read(module: &'m [u8]) -> Result<Option<Self>, Error> {
        let mut read = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        if matches!(import?.ty, TypeRef::Memory(_)) {
                            return Ok(None);
                        }
                    }
                }
                Payload::MemorySection(memories) => {
                    read.types = memories.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::DataSection(segments) => {
                    for segment in segments {
                        if read.add_segment(module, segment?).is_none() {
                            return Ok(None);
                        }
                    }
                }
                _ => {}
            }
        }
        let plain = |memory: &MemoryType| {
            !memory.memory64 && !memory.shared && memory.page_size_log2.is_none()
        };
        let separable = !read.active.is_empty() && read.types.iter().all(plain) && read.is_dense();
        Ok(separable.then_some(read))
    }

    /// Adds a segment, or returns `None` if it is not one that the snapshotter writes.
    fn add_segment(&mut self, module: &'m [u8], segment: Data<'m>) -> Option<()> {
        let DataKind::Active { memory_index, offset_expr } = segment.kind else {
            // Instructions refer to passive segments by their number, so these have to stay in front.
            let encoded = module.get(segment.range)?;
            return self.active.is_empty().then(|| self.passive.push(encoded));
        };
        let mut operators = offset_expr.get_operators_reader();
        let Ok(Operator::I32Const { value }) = operators.read() else { return None };
        if !operators.is_end_then_eof() {
            return None;
        }
        let address = u64::from(value.cast_unsigned());
        let segment = ActiveSegment { memory: memory_index as usize, address, data: segment.data };
        let memory_bytes = self.types.get(segment.memory)?.initial.checked_mul(PAGE_BYTES)?;
        let is_sorted = self.active.last().is_none_or(|last| {
            (last.memory, last.range().end) <= (segment.memory, segment.address)
        });
        if !is_sorted || segment.range().end > memory_bytes {
            return None;
        }
        self.active.push(segment);
        Some(())
    }

    /// Returns the address range of a memory's image, of which most ends where the memory ends.
    fn image_range(&self, memory: usize, memory_pages: u64) -> Option<Range<u64>> {
        let written = || self.active.iter().filter(|segment| segment.memory == memory);
        let start = written().next()?.address / PAGE_BYTES * PAGE_BYTES;
        let mut pages = round_pages(written().next_back()?.range().end.div_ceil(PAGE_BYTES));
        if pages.saturating_mul(4) >= memory_pages.saturating_mul(3) {
            pages = memory_pages;
        }
        let end = pages.saturating_mul(PAGE_BYTES);
        (start < end).then_some(start..end)
    }

    fn is_dense(&self) -> bool {
        self.types.iter().enumerate().all(|(memory, ty)| {
            let Some(range) = self.image_range(memory, ty.initial) else { return true };
            let segments = self.active.iter().filter(|segment| segment.memory == memory);
            let written: usize = segments.map(|segment| segment.data.len()).sum();
            let image_bytes = range.end - range.start;
            image_bytes <= SPARSE_IMAGE_BYTES_MAX || written as u64 * 2 >= image_bytes
        })
    }

    /// Returns the images of memories of these types.
    fn read_images(&self, types: &[MemoryType]) -> Vec<MemoryImage> {
        let read_image = |(memory, ty): (usize, &MemoryType)| {
            let range = self.image_range(memory, ty.initial)?;
            let mut bytes = vec![0; usize::try_from(range.end - range.start).ok()?];
            for segment in self.active.iter().filter(|segment| segment.memory == memory) {
                let start = usize::try_from(segment.address - range.start).ok()?;
                bytes.get_mut(start..start + segment.data.len())?.copy_from_slice(segment.data);
            }
            Some(MemoryImage { memory, address: range.start, bytes })
        };
        types.iter().enumerate().filter_map(read_image).collect()
    }

    /// Returns the module with patterns in place of its images.
    fn separate(
        self,
        module: &[u8],
        seed: &PatternSeed,
        rounding_bytes: &mut u64,
        images: &mut Vec<Vec<u8>>,
    ) -> Result<Vec<u8>, Error> {
        let types: Vec<MemoryType> =
            self.types.iter().map(|memory| round_memory(*memory, rounding_bytes)).collect();
        let own = self.read_images(&types);
        let first_number = images.len();
        let separated = rewrite_sections(module, |payload, rewritten| {
            match payload {
                Payload::MemorySection(_) => {
                    let mut section = MemorySection::new();
                    for &memory in &types {
                        section.memory(RoundtripReencoder.memory_type(memory)?);
                    }
                    section.append_to(rewritten);
                }
                Payload::DataCountSection { .. } => {
                    let count = (self.passive.len() + own.len()) as u32;
                    DataCountSection { count }.append_to(rewritten);
                }
                Payload::DataSection(_) => {
                    let mut section = DataSection::new();
                    for segment in &self.passive {
                        section.raw(segment);
                    }
                    for (number, image) in (first_number..).zip(&own) {
                        let address = ConstExpr::i32_const((image.address as u32).cast_signed());
                        let pattern = seed.make_pattern(number, image.bytes.len());
                        section.active(image.memory as u32, &address, pattern);
                    }
                    section.append_to(rewritten);
                }
                _ => return Ok(false),
            }
            Ok::<_, Error>(true)
        })?;
        images.extend(own.into_iter().map(|image| image.bytes));
        Ok(separated)
    }
}

/// Rounds up the size of a memory, and takes what is added from `rounding_bytes`. It counts as grown, so
/// little of it may be added.
fn round_memory(memory: MemoryType, rounding_bytes: &mut u64) -> MemoryType {
    let rounded = round_pages(memory.initial).min(memory.maximum.unwrap_or(PAGES_MAX));
    let added_bytes = rounded.saturating_sub(memory.initial).saturating_mul(PAGE_BYTES);
    if added_bytes == 0 || added_bytes > *rounding_bytes {
        return memory;
    }
    *rounding_bytes -= added_bytes;
    MemoryType { initial: rounded, ..memory }
}

fn round_pages(pages: u64) -> u64 {
    let step = (pages.checked_next_power_of_two().unwrap_or(PAGES_MAX) / SIZE_STEPS).max(1);
    pages.div_ceil(step).saturating_mul(step)
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;

    use super::*;

    const MEMORY_BYTES_MAX: u64 = 64 << 20;

    fn snapshot(pages: u64, data: &str) -> Vec<u8> {
        let component = format!(
            r#"(component
                (core module $silent (memory 1))
                (core module $m
                    (memory (export "memory") {pages})
                    (memory 1 1)
                    (global (mut i32) (i32.const 7))
                    (data $kept "passive")
                    (func (export "f") (memory.init $kept (i32.const 0) (i32.const 0) (i32.const 1)))
                    {data})
                (core instance (instantiate $m)))"#
        );
        wat::parse_str(component).unwrap()
    }

    /// Text of a segment that has these bytes at the start and at the end.
    fn segment(memory: u32, address: u64, bytes: usize, ends: &str) -> String {
        let middle = "x".repeat(bytes - 2);
        format!("(data (memory {memory}) (i32.const {address}) \"{ends}{middle}{ends}\")")
    }

    fn separated(snapshot: &[u8]) -> SeparatedSnapshot {
        let separated = separate_memories(snapshot, MEMORY_BYTES_MAX).unwrap();
        wasmparser::validate(&separated.component).unwrap();
        separated
    }

    /// Writes images over the patterns in any file that has these in it.
    fn fill(file: &mut [u8], separated: &SeparatedSnapshot) {
        for (number, image) in separated.images.iter().enumerate() {
            let pattern = separated.seed.make_pattern(number, image.len());
            let place = file.windows(64).position(|window| window == &pattern[..64]).unwrap();
            file[place..place + image.len()].copy_from_slice(image);
        }
    }

    #[test]
    fn code_with_written_images_is_what_the_compiler_makes() {
        let page = PAGE_BYTES as usize;
        let data = [segment(0, 0, 2 * page, "a"), segment(1, 0, page, "b")].concat();
        let separated = separated(&snapshot(2, &data));
        assert_eq!(separated.images.iter().map(Vec::len).collect::<Vec<_>>(), [2 * page, page]);
        let engine = Engine::default();
        let mut code = engine.precompile_component(&separated.component).unwrap();
        let places = separated.find_image_places(&code).unwrap();
        write_images(&mut code, &places, &separated.images.concat()).unwrap();

        let mut component = separated.component.clone();
        fill(&mut component, &separated);
        assert!(engine.precompile_component(&component).unwrap() == code);
    }

    #[test]
    fn other_code_has_other_patterns() {
        let pattern = |constant: u32| {
            let function = format!("(func (drop (i32.const {constant})))");
            let separated = separated(&snapshot(1, &(function + &segment(0, 0, 3, "a"))));
            separated.seed.make_pattern(0, 64)
        };
        assert_eq!(pattern(1), pattern(1));
        assert_ne!(pattern(1), pattern(2));
    }

    #[test]
    fn images_with_several_places_are_not_written() {
        let separated = separated(&snapshot(1, &segment(0, 0, 3, "a")));
        let pattern = separated.seed.make_pattern(0, separated.images[0].len());
        assert_eq!(separated.find_image_places(&pattern).unwrap()[0].position, 0);
        assert!(separated.find_image_places(&pattern.repeat(2)).is_none());
        assert!(separated.find_image_places(&[]).is_none());
    }

    #[test]
    fn small_differences_need_no_other_code() {
        let at_ends = |pages, address, bytes| {
            let data = segment(0, 70_000, 4, "a") + &segment(0, address, bytes, "b");
            separated(&snapshot(pages, &data))
        };
        let (one, other) = (at_ends(33, 2_050_000, 300), at_ends(35, 2_090_000, 4_000));
        assert!(one.component == other.component);
        assert_ne!(one.images, other.images);
        assert!(one.component != at_ends(37, 2_050_000, 300).component);
    }

    #[test]
    fn images_have_the_contents_at_their_addresses() {
        let data = segment(0, 70_000, 4, "a") + &segment(0, 100_000, 3, "b");
        let separated = separated(&snapshot(4, &data));
        let [image] = separated.images.as_slice() else { panic!("no image") };
        assert_eq!(image.len() as u64, PAGE_BYTES, "from the second page to its end");
        let at = |address: u64| &image[(address - PAGE_BYTES) as usize..][..4];
        assert_eq!(
            (at(70_000), at(100_000), at(80_000)),
            (&b"axxa"[..], &b"bxb\0"[..], &[0; 4][..])
        );
    }

    #[test]
    fn leaves_alone_what_the_snapshotter_does_not_write() {
        let sparse = segment(0, 0, 3, "a") + &segment(0, 40 << 20, 3, "b");
        for data in [
            "",
            "(data (i32.add (i32.const 1) (i32.const 2)) \"abc\")",
            "(data (i32.const 9) \"later\") (data (i32.const 3) \"sooner\")",
            "(data (i32.const 9) \"active\") (data \"passive\")",
            &sparse,
        ] {
            let snapshot = snapshot(1_000, data);
            let separated = separated(&snapshot);
            assert!(separated.images.is_empty() && separated.component == snapshot, "{data}");
        }
        let beyond = snapshot(1, "(data (i32.const 65530) \"too long\")");
        assert!(separated(&beyond).images.is_empty());
    }

    #[test]
    fn sizes_are_rounded_only_while_there_is_room_to_grow() {
        let data = segment(0, 0, 3, "a");
        let size = |memory_bytes_max| {
            let separated = separate_memories(&snapshot(33, &data), memory_bytes_max).unwrap();
            count_memory_bytes(&separated.component).unwrap() / PAGE_BYTES - 2
        };
        assert_eq!(size(64 << 20), 36);
        assert_eq!(size(36 * PAGE_BYTES), 33);
        assert_eq!([1, 16, 17, 33, 100].map(round_pages), [1, 16, 18, 36, 104]);
    }

    #[test]
    fn images_that_do_not_fit_are_refused() {
        let place = |position, bytes| vec![ImagePlace { position, bytes }];
        let mut code = [0; 8];
        assert_eq!(write_images(&mut code, &place(2, 3), b"abc"), Some(()));
        assert_eq!(&code, b"\0\0abc\0\0\0");
        for (position, bytes) in [(2, 2), (2, 4), (6, 3), (u64::MAX, 3)] {
            assert_eq!(write_images(&mut code, &place(position, bytes), b"abc"), None);
        }
    }
}
