import Figures

extension FluxReport {
  public var pictures: [(name: String, svg: String)] {
    var pictures: [(name: String, svg: String)] = []
    for (number, plane) in planes.enumerated() {
      let ending = number == 0 ? "" : "-\(number + 1)"
      pictures.append(("flux-crossings" + ending, crossings(of: plane).svg()))
      if let spacing { pictures.append(("flux" + ending, flux(of: plane, spacing).svg())) }
    }
    if !profile.isEmpty, spacing != nil {
      for (number, element) in species.enumerated() {
        pictures.append(("flux-profile-\(element.symbol)", map(of: number).svg()))
      }
    }
    return pictures
  }

  private func crossings(of plane: FluxPlane) -> Chart {
    let ends = boundaries(block: block), stride = max(1, ends.count / 2000)
    return Chart(
      title: "Net crossings of the plane \(axisName) = \(plane.position) Å", x: Axis(spacing == nil ? "frame" : "time (ps)"),
      y: Axis("atoms"),
      series: zip(species, plane.species).map { element, flux in
        let net = flux.cumulative
        let shown = Swift.stride(from: 0, to: ends.count, by: stride).map { SIMD2(ends[$0], Double(net[$0])) }
        return Series(element.symbol, points: shown)
      })
  }

  /// At most 40 intervals, each with its own error: more of them would hide each other.
  private func flux(of plane: FluxPlane, _ spacing: Double) -> Chart {
    let ends = boundaries(block: block), count = ends.count - 1, group = max(1, (count + 39) / 40)
    return Chart(
      title: "Flux through the plane \(axisName) = \(plane.position) Å", x: Axis("time (ps)"),
      y: Axis("flux (1/(Å² ps))"),
      series: zip(species, plane.species).map { element, flux in
        let starts = Swift.stride(from: 0, to: count - count % group, by: group)
        let areaTime = area * spacing * Double(block * group)
        let points = starts.map { start in
          SIMD2(
            0.5 * (ends[start] + ends[start + group]),
            Double(flux.cumulative(from: start, count: group)) / areaTime)
        }
        let errors = starts.map { start in
          Double((start..<start + group).reduce(0) { $0 + flux.up[$1] + flux.down[$1] }).squareRoot() / areaTime
        }
        return Series(element.symbol, points: points, errors: errors, style: .linePoints)
      })
  }

  private func map(of number: Int) -> FieldMap {
    let ends = boundaries(block: profileBlock)
    return FieldMap(
      title: "Flux of \(species[number].symbol)", label: "1/(Å² ps)", x: Axis("time (ps)"), y: Axis("\(axisName) (Å)"),
      values: profile.compactMap { $0.species[number].flux }, xRange: ends[0]...ends[ends.count - 1], yRange: 0...height,
      colors: .diverging)
  }
}

extension SpeciesFlux {
  fileprivate func cumulative(from start: Int, count: Int) -> Int {
    (start..<start + count).reduce(0) { $0 + up[$1] - down[$1] }
  }
}
