import Atomistics
import Diagnostics

/// Copies the frames of one file into another, one at a time: `swmd convert`.
///
/// - Parameters:
///   - frame: one frame only, from 0, or from the end if negative; nil: all, or the last where `target` holds only one.
/// - Throws: `Failure.input` for a bad file, an unknown format or a frame that the target cannot hold; `Failure.runtime` for a
///   disk that is full. `target` then stays as it was.
public func convertFrames(
  from source: String, to target: String, reading: ReadOptions, writing: WriteOptions, frame: Int?
) throws {
  let writer = try FrameWriter(path: target, options: writing)
  if frame != nil || !writer.format.holdsSeveralFrames {
    try writer.append(readStructure(at: source, frame: frame, options: reading))
  } else {
    let reader = try FrameReader(path: source, options: reading)
    while let configuration = try reader.next() { try writer.append(configuration) }
    guard writer.count > 0 else {
      throw Failure.input("'\(source)' holds no structure", remedy: "check that it is the right file and not empty")
    }
  }
  try writer.finish()
}
