import Atomistics
import Diagnostics
import Numerics

extension NetCDFTrajectoryReader {
  /// The vectors of several frames straight from the file's bytes: many small frames in one read, each cell decoded once.
  ///
  /// nil where frames must be read one by one: atoms in an order of their own in each frame, or no such vectors.
  /// - Parameter frames: their numbers, ascending.
  /// - Throws: `Failure.input` where a cell is impossible or the file was cut short.
  func vectors(_ quantity: VectorQuantity, frames: [Int]) throws -> FrameVectors? {
    guard file.variable("id")?.shape != ["frame", "atom"],
      let variable = quantity == .positions ? coordinates : velocities
    else { return nil }
    let result = FrameVectors(frameCount: frames.count, atomCount: atomCount)
    result.cells.reserveCapacity(frames.count)
    let images = quantity == .positions ? try imageCounts() : nil
    let counts = images == nil ? nil : result.makeImages()
    result.hasImages = [Bool](repeating: images != nil, count: frames.count)
    var known: KnownCell?
    let cellVariables = ["cell_lengths", "cell_angles", "cell_vectors"].compactMap { file.variable($0) }
    let wanted = [variable.variable] + (images.map { [$0] } ?? []) + cellVariables
    try file.forEachFrame(frames, of: wanted) { place, bytes in
      let start = 3 * atomCount * place
      variable.variable.type.decode(bytes[0], into: result.values + start, count: 3 * atomCount)
      if let images, let counts { images.type.decode(bytes[1], into: counts + start, count: 3 * atomCount) }
      let cellBytes = bytes[(images == nil ? 1 : 2)...]
      if known?.bytes.elementsEqual(cellBytes, by: { $0.elementsEqual($1) }) != true {
        let (cell, unrotated) = try self.cell(frames[place])
        known = KnownCell(bytes: cellBytes.map(Array.init), cell: cell, unrotated: unrotated)
      }
      result.cells.append(known!.cell)
      scale(result.values + start, by: variable.factor, known!.unrotated)
    }
    return result
  }

  private struct KnownCell {
    let bytes: [[UInt8]]
    let cell: Cell
    let unrotated: Matrix3?
  }

  private func imageCounts() throws -> ClassicNetCDFFile.Variable? {
    guard let variable = file.variable("image_counts"), variable.dimensions.map(\.length).dropFirst() == [atomCount, 3]
    else { return nil }
    return variable
  }

  private func scale(_ values: UnsafeMutablePointer<Double>, by factor: Double, _ unrotated: Matrix3?) {
    if factor != 1 {
      for k in 0..<3 * atomCount { values[k] *= factor }
    }
    guard let unrotated else { return }
    for atom in 0..<atomCount {
      let vector = Vector3(values[3 * atom], values[3 * atom + 1], values[3 * atom + 2]) * unrotated
      (values[3 * atom], values[3 * atom + 1], values[3 * atom + 2]) = (vector.x, vector.y, vector.z)
    }
  }

  /// [frames], fs; nil where the file does not say.
  func times() throws -> [Double?] {
    guard let time, time.variable.shape == ["frame"] else { return [Double?](repeating: nil, count: frameCount) }
    var times: [Double?] = []
    times.reserveCapacity(frameCount)
    var value = 0.0
    try file.forEachFrame(Array(0..<frameCount), of: [time.variable]) { _, bytes in
      time.variable.type.decode(bytes[0], into: &value, count: 1)
      times.append(time.factor * value)
    }
    return times
  }
}

extension ClassicNetCDFFile {
  /// Bytes that are read at once.
  private static let pieceSize = 4 << 20

  /// Hands out the bytes of some variables, whose first dimension is the frames, frame by frame.
  ///
  /// Records that follow each other are read together where what is wanted of them is most of them.
  /// - Parameter body: gets the place in `frames`, and the bytes of each variable.
  func forEachFrame(
    _ frames: [Int], of variables: [Variable], _ body: (Int, [UnsafeRawBufferPointer]) throws -> Void
  ) throws {
    let sizes = variables.map { $0.dimensions.dropFirst().map(\.length).reduce($0.type.size, *) }
    let readsRecords =
      variables.allSatisfy(\.isRecord) && recordSize <= Self.pieceSize
      && (recordSize <= 16_384 || 2 * sizes.reduce(0, +) >= recordSize)
    let longest = readsRecords ? max(1, Self.pieceSize / max(1, recordSize)) : 1
    let first = variables.map(\.offset).min() ?? 0
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: readsRecords ? longest * recordSize : sizes.reduce(0, +), alignment: 16)
    defer { room.deallocate() }
    var place = 0
    while place < frames.count {
      let start = place
      while place < frames.count, place - start < longest, frames[place] == frames[start] + place - start { place += 1 }
      if readsRecords {
        // The last record ends with the last of the variables, which may be where the file ends.
        let span = variables.indices.map { variables[$0].offset - first + sizes[$0] }.max() ?? 0
        let count = (place - start - 1) * recordSize + span
        try fill(room, count, at: first + frames[start] * recordSize)
      } else {
        var offset = 0
        for (variable, size) in zip(variables, sizes) {
          let part = UnsafeMutableRawBufferPointer(rebasing: room[offset..<offset + size])
          try fill(part, size, at: variable.offset + frames[start] * (variable.isRecord ? recordSize : size))
          offset += size
        }
      }
      for number in start..<place {
        var packed = 0
        let bytes = zip(variables, sizes).map { variable, size -> UnsafeRawBufferPointer in
          let offset = readsRecords ? (number - start) * recordSize + variable.offset - first : packed
          packed += size
          return UnsafeRawBufferPointer(rebasing: room[offset..<offset + size])
        }
        try body(number, bytes)
      }
    }
  }

  private func fill(_ room: UnsafeMutableRawBufferPointer, _ count: Int, at offset: Int) throws {
    try file.seek(to: offset)
    guard try file.read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<count])) else {
      throw Failure.input("the file was cut short while it was read", at: Place(file: path))
    }
  }
}

extension ClassicNetCDFType {
  /// `count` big-endian numbers as doubles.
  func decode(_ bytes: UnsafeRawBufferPointer, into values: UnsafeMutablePointer<Double>, count: Int) {
    precondition(bytes.count >= count * size)
    guard let base = bytes.baseAddress else { return }
    switch self {
    case .float:
      for i in 0..<count {
        values[i] = Double(Float(bitPattern: UInt32(bigEndian: (base + 4 &* i).loadUnaligned(as: UInt32.self))))
      }
    case .integer:
      for i in 0..<count {
        values[i] = Double(Int32(bigEndian: (base + 4 &* i).loadUnaligned(as: Int32.self)))
      }
    default:
      for (i, value) in decode(bytes, count: count).enumerated() { values[i] = value }
    }
  }
}
