import Atomistics
import Diagnostics

/// Copies the frames of one file into another, one at a time: `swmd convert`.
///
/// - Parameters:
///   - frame: one frame only, from 0, or from the end if negative; nil: all, or the last where `target` holds only one.
/// - Returns: the number of frames written.
/// - Throws: `Failure.input` for a bad file, an unknown format or a frame that the target cannot hold;
///   `Failure.runtime` for a disk that is full. `target` then stays as it was.
@discardableResult
public func convertFrames(
  from source: String, to target: String, reading: ReadOptions = ReadOptions(), writing: WriteOptions = WriteOptions(),
  frame: Int? = nil
) throws -> Int {
  let format = try StructureFormat(toWrite: target, named: writing.format)
  let reader = try FrameReader(path: source, options: reading)
  let writer = try FrameWriter(path: target, options: writing)
  if frame != nil || !format.holdsSeveralFrames {
    try writer.append(reader.frame(frame ?? -1))
  } else {
    while let configuration = try reader.next() { try writer.append(configuration) }
    guard writer.count > 0 else { throw reader.emptyFile }
  }
  try writer.finish()
  return writer.count
}
