import PotentialKit

extension ClusterEvaluator {
  /// All functions of the distance and their slopes for the columns of a kind; adds those of rank 1 and the core to
  /// `basicSums`.
  ///
  /// Returns false where a neighbor lies below the first node.
  func computeRadial(_ bond: BondKernel, kind: Int) -> Bool {
    let layout = bond.table.columns, densityCount = layout.densityCount
    var isInside = true
    for column in columns.columns(of: kind) {
      isInside = locate(column, bond.table) && isInside
      if isExact {
        evaluateDirectly(column, bond, kind)
      } else {
        readTable(column, bond.table)
        if isGraded { addBaseFunctions(column, bond.table, kind) }
      }
      let f = radialRow(column)
      for p in 0..<densityCount {
        (V.load(basicSums.base, slot: p) + V.load(f, slot: layout.firstDensity &+ p)).store(basicSums.base, slot: p)
      }
      if layout.hasCore {
        let place = bond.coreSlot
        (V.load(basicSums.base, slot: place) + V.load(f, slot: layout.core)).store(basicSums.base, slot: place)
      }
    }
    return isInside
  }

  func radialRow(_ column: Int) -> UnsafeMutableRawPointer { radial.base + 2 &* radialSlots &* column &* V.slotBytes }

  func direction(_ column: Int) -> UnsafeMutableRawPointer { directions.base + 4 &* column &* V.slotBytes }

  /// Distances, directions and places in the table of one column.
  @inline(__always)
  private func locate(_ column: Int, _ table: RadialTable) -> Bool {
    let vector = columns.vector(column), target = direction(column)
    let x = Double8.load(vector, slot: 0), y = Double8.load(vector, slot: 1), z = Double8.load(vector, slot: 2)
    let r = (x * x).adding(y, times: y).adding(z, times: z).squareRoot(), inverse = r.reciprocal()
    r.store(vector, slot: NeighborColumns.distanceSlot)
    narrow(x * inverse, target, 0)
    narrow(y * inverse, target, 1)
    narrow(z * inverse, target, 2)
    narrow(inverse, target, 3)
    let place = r * Double8(table.inverseSpacing), floor = place.lanes.rounded(.down)
    let t = Double8(lanes: place.lanes - floor)
    t.store(vector, slot: NeighborColumns.fractionSlot)
    storeWeights(t, table.inverseSpacing)
    let nodes = columns.nodes(column)
    var isInside = true
    for lane in 0..<EnvironmentBatch.width {
      let node = min(Int(floor[lane]), table.nodeCount &+ 1)
      // The last node ends the last interval and begins none.
      nodes[lane] = Int32(truncatingIfNeeded: node == table.nodeCount ? node &+ 1 : node)
      isInside = isInside && node > 0
    }
    return isInside
  }

  @inline(__always)
  private func narrow(_ pack: Double8, _ target: UnsafeMutableRawPointer, _ slot: Int) {
    if V.Scalar.self == Double.self {
      pack.store(target, slot: slot)
    } else {
      let scratch = gradients.base.assumingMemoryBound(to: Double.self)
      pack.store(doubles: scratch)
      V(doubles: scratch).store(target, slot: slot)
    }
  }

  /// w_01, w_10, w_11 and their derivatives by r.
  @inline(__always)
  private func storeWeights(_ t: Double8, _ inverseSpacing: Double) {
    let one = Double8(1), rest = one - t, w = weights.base, scale = Double8(inverseSpacing)
    (t * t * (Double8(3) - t - t)).store(w, slot: 0)
    (t * rest * rest).store(w, slot: 1)
    (t * t * (t - one)).store(w, slot: 2)
    (Double8(6) * t * rest * scale).store(w, slot: 3)
    (rest * (one - Double8(3) * t) * scale).store(w, slot: 4)
    (t * (Double8(3) * t - Double8(2)) * scale).store(w, slot: 5)
  }

  private func readTable(_ column: Int, _ table: RadialTable) {
    let nodes = columns.nodes(column), stride = table.rowStride, width = table.columns.padded
    let rows = laneRows.base.assumingMemoryBound(to: Double.self)
    for lane in 0..<EnvironmentBatch.width {
      interpolate(
        table.rows.base + Int(nodes[lane]) &* stride, table.columns.width, width, lane, into: rows + 2 &* lane &* width)
    }
    transpose(width, into: radialRow(column))
  }

  private func baseSums(_ kind: Int) -> UnsafeMutablePointer<Double> {
    (baseSums.base + kind &* baseSlots &* Double8.slotBytes).assumingMemoryBound(to: Double.self)
  }

  /// The base functions of a column, right after `readTable`: what they need is near and at hand. Lanes without a neighbor
  /// read zeros.
  private func addBaseFunctions(_ column: Int, _ table: RadialTable, _ kind: Int) {
    let nodes = columns.nodes(column), part = table.columns.width, padded = table.columns.paddedBase
    let w = weights.base.assumingMemoryBound(to: Double.self), first = table.rows.base + table.columns.firstBase
    for lane in 0..<EnvironmentBatch.width {
      let p = UnsafePointer(first + Int(nodes[lane]) &* table.rowStride), target = baseSums(kind) + lane &* padded
      let step = Double4(w[lane]), here = Double4(w[lane &+ 8]), next = Double4(w[lane &+ 16])
      for function in stride(from: 0, to: padded, by: 4) {
        let f = Double4(doubles: p + function), d = Double4(doubles: p + (part &+ function))
        let rise = Double4(doubles: p + (2 &* part &+ function)) - f, nextD = Double4(doubles: p + (3 &* part &+ function))
        (Double4(doubles: target + function) + f).adding(rise, times: step).adding(d, times: here)
          .adding(nextD, times: next).store(doubles: target + function)
      }
    }
  }

  /// One lane's functions, [f, then f'][function]: functions stand in lanes here, since a row is one stretch of the table,
  /// of which a quarter is `part` long.
  @inline(__always)
  private func interpolate(
    _ p: UnsafePointer<Double>, _ part: Int, _ width: Int, _ lane: Int, into target: UnsafeMutablePointer<Double>
  ) {
    let w = weights.base.assumingMemoryBound(to: Double.self) + lane
    let step = Double4(w[0]), here = Double4(w[8]), next = Double4(w[16])
    let slopeStep = Double4(w[24]), slopeHere = Double4(w[32]), slopeNext = Double4(w[40])
    for function in stride(from: 0, to: width, by: 4) {
      let f = Double4(doubles: p + function), d = Double4(doubles: p + (part &+ function))
      let rise = Double4(doubles: p + (2 &* part &+ function)) - f, nextD = Double4(doubles: p + (3 &* part &+ function))
      f.adding(rise, times: step).adding(d, times: here).adding(nextD, times: next).store(doubles: target + function)
      (rise * slopeStep).adding(d, times: slopeHere).adding(nextD, times: slopeNext)
        .store(doubles: target + (width &+ function))
    }
  }

  /// [lane][f, then f'][function] to packs over lanes.
  private func transpose(_ width: Int, into target: UnsafeMutableRawPointer) {
    let rows = UnsafePointer(laneRows.base.assumingMemoryBound(to: Double.self)), stride = 2 &* width
    for half in 0..<2 {
      let a = rows + 4 &* half &* stride, b = a + stride, c = b + stride, d = c + stride
      for function in Swift.stride(from: 0, to: width, by: 4) {
        storeTransposed(a + function, b + function, c + function, d + function, target, function, half)
        let slope = width &+ function
        storeTransposed(a + slope, b + slope, c + slope, d + slope, target, radialSlots &+ function, half)
      }
    }
  }

  /// Four functions of four lanes.
  @inline(__always)
  private func storeTransposed(
    _ first: UnsafePointer<Double>, _ second: UnsafePointer<Double>, _ third: UnsafePointer<Double>,
    _ fourth: UnsafePointer<Double>, _ target: UnsafeMutableRawPointer, _ slot: Int, _ half: Int
  ) {
    let a = Double4(doubles: first).lanes, b = Double4(doubles: second).lanes
    let c = Double4(doubles: third).lanes, d = Double4(doubles: fourth).lanes
    let abEven = SIMD4(a[0], b[0], a[2], b[2]), abOdd = SIMD4(a[1], b[1], a[3], b[3])
    let cdEven = SIMD4(c[0], d[0], c[2], d[2]), cdOdd = SIMD4(c[1], d[1], c[3], d[3])
    store(SIMD4(lowHalf: abEven.lowHalf, highHalf: cdEven.lowHalf), target, slot, half)
    store(SIMD4(lowHalf: abOdd.lowHalf, highHalf: cdOdd.lowHalf), target, slot &+ 1, half)
    store(SIMD4(lowHalf: abEven.highHalf, highHalf: cdEven.highHalf), target, slot &+ 2, half)
    store(SIMD4(lowHalf: abOdd.highHalf, highHalf: cdOdd.highHalf), target, slot &+ 3, half)
  }

  @inline(__always)
  private func store(_ lanes: SIMD4<Double>, _ target: UnsafeMutableRawPointer, _ slot: Int, _ half: Int) {
    let place = slot &* V.slotBytes
    if V.Scalar.self == Double.self {
      target.storeBytes(of: lanes, toByteOffset: place &+ 32 &* half, as: SIMD4<Double>.self)
    } else {
      target.storeBytes(of: SIMD4<Float>(lanes), toByteOffset: place &+ 16 &* half, as: SIMD4<Float>.self)
    }
  }

  /// The functions themselves instead of a row of the table.
  private func evaluateDirectly(_ column: Int, _ bond: BondKernel, _ kind: Int) {
    let width = bond.table.columns.padded, rows = laneRows.base.assumingMemoryBound(to: Double.self)
    let base = isGraded ? bond.table.columns.baseCount : 0, sums = baseSums(kind)
    for index in 0..<EnvironmentBatch.width * 2 * width { rows[index] = 0 }
    for lane in 0..<EnvironmentBatch.width where columns.isNeighbor(lane, column: column, kind: kind) {
      let exact = bond.exact(at: columns.distances(column)[lane])
      for function in 0..<width {
        rows[lane * 2 * width + function] = exact[function].value
        rows[(lane * 2 + 1) * width + function] = exact[function].slope
      }
      for function in 0..<base { sums[lane * bond.table.columns.paddedBase + function] += exact[width + function].value }
    }
    transpose(width, into: radialRow(column))
  }
}
