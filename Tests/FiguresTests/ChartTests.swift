import Figures
import Foundation
import FoundationXML
import Testing

/// What a picture draws, read back from its text.
private final class Drawing: NSObject, XMLParserDelegate {
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  private(set) var labels: [String] = []
  private var text: String?

  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    try #require(parser.parse(), "the picture is no well-formed XML: \(String(describing: parser.parserError))")
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append((name, attributes))
    if name == "text" { text = "" }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text?.append(string) }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    if name == "text", let text { labels.append(text) }
    if name == "text" { text = nil }
  }

  func all(_ name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }
}

@Suite struct ChartTests {
  private let chart = Chart(
    title: "a < b & c", x: Axis("volume (Å³)"), y: Axis("energy (eV)"),
    series: [
      Series("fit", curve: { $0 * $0 }, over: -1...1, count: 50),
      Series("data", points: [[-1, 1], [0, 0], [.nan, 1], [1, 1]], errors: [0.1, 0, 0.1, 0.2], style: .points),
    ])

  @Test func everyPointIsDrawnInItsPlace() throws {
    let drawing = try Drawing(chart.svg(width: 600, height: 400))
    // The three that are finite, and one in the legend.
    let circles = drawing.all("circle").compactMap { attributes -> SIMD2<Double>? in
      guard let x = Double(attributes["cx"] ?? ""), let y = Double(attributes["cy"] ?? "") else { return nil }
      return SIMD2(x, y)
    }
    #expect(circles.count == 4)
    // Symmetric data: the middle in the middle, the ends at one height; larger values higher up.
    #expect(abs(circles[0].x + circles[2].x - 2 * circles[1].x) < 0.05 && abs(circles[0].y - circles[2].y) < 0.05)
    #expect(circles[1].y > circles[0].y + 100)
    #expect(drawing.labels.contains("a < b & c") && drawing.labels.contains("fit") && drawing.labels.contains("volume (Å³)"))
    #expect(drawing.labels.contains("−1.0") && drawing.labels.contains("0.5"))
    for attributes in drawing.all("rect") + drawing.all("line") {
      for (key, value) in attributes where ["x", "y", "x1", "x2", "y1", "y2"].contains(key) {
        #expect(Double(value).map { (0...600).contains($0) } == true, "\(key) = \(value)")
      }
    }
    #expect(chart.svg() == chart.svg())
  }

  @Test func logarithmicAxesLeaveOutWhatTheyCannotShow() throws {
    let chart = Chart(
      title: "", x: Axis("t", scale: .logarithmic), y: Axis("msd", scale: .logarithmic),
      series: [Series(points: [[0, 1], [1, 1], [10, 10], [100, 100], [1000, -1]], style: .points)])
    let drawing = try Drawing(chart.svg())
    let places = drawing.all("circle").compactMap { Double($0["cx"] ?? "") }
    #expect(places.count == 3)
    #expect(abs(places[2] + places[0] - 2 * places[1]) < 0.05)
    #expect(drawing.labels.contains("10¹") && drawing.labels.contains("10²"))
  }

  @Test func nothingAndConstantsAreDrawn() throws {
    let one = Series(points: [[3, 0]], style: .points)
    for series in [[], [Series(points: [])], [Series(points: [[1, 5], [2, 5]])], [one]] {
      let drawing = try Drawing(Chart(title: "t", x: Axis("x"), y: Axis("y"), series: series).svg())
      #expect(!drawing.elements.contains { $0.attributes.values.contains { $0.contains("nan") || $0.contains("inf") } })
    }
  }

  @Test(arguments: [(0.0, 1.0), (-1.9, -1.7), (1e-7, 3e-7), (0, 2.5e9), (-3e4, 1e5), (17.123, 17.125)])
  func ticksAreRoundAndTellApart(_ low: Double, _ high: Double) {
    let ticks = Ticks(linear: low...high, count: 6)
    #expect((3...8).contains(ticks.values.count))
    #expect(Set(ticks.labels).count == ticks.labels.count)
    #expect(ticks.values.allSatisfy { $0 >= low - 1e-9 * (high - low) && $0 <= high + 1e-9 * (high - low) })
    for (value, label) in zip(ticks.values, ticks.labels) {
      let read = Double(label.replacingOccurrences(of: "−", with: "-"))
      #expect(read.map { abs($0 - value) < 1e-6 * (high - low) } == true, "\(value) is labeled \(label)")
    }
  }

  @Test func heatMapsShowSignsAndNumbers() throws {
    let map = HeatMap(
      title: "C", label: "GPa", values: [[2, -1], [0, .nan]], rowLabels: ["a", "b"], columnLabels: ["c", "d"])
    let drawing = try Drawing(map.svg())
    #expect(drawing.labels.contains("2.0") && drawing.labels.contains("−1.0") && drawing.labels.contains("0"))
    let fills = drawing.all("rect").dropFirst().prefix(4).compactMap { $0["fill"] }
    func channel(_ color: String, _ index: Int) -> Int { Int(color.dropFirst(1 + 2 * index).prefix(2), radix: 16) ?? -1 }
    #expect(channel(fills[0], 0) > channel(fills[0], 2) && channel(fills[1], 0) < channel(fills[1], 2))
    #expect(fills[2] == "#f7f7f7" && fills[3] == "#bbbbbb")
  }

  @Test func fieldMapShowsEachBinInItsPlace() throws {
    // Two rows along y, three columns along x; equal neighbors are one rectangle.
    let map = FieldMap(
      title: "flux", label: "1/ps", x: Axis("t (ps)"), y: Axis("z (Å)"), values: [[-2, -2, 1], [0, .nan, 2]], xRange: 0...30,
      yRange: 0...8, colors: .diverging)
    let drawing = try Drawing(map.svg())
    #expect(drawing.labels.contains("flux") && drawing.labels.contains("1/ps") && drawing.labels.contains("t (ps)"))
    let bins = drawing.all("rect").dropFirst().prefix(5)
    func number(_ bin: [String: String], _ key: String) -> Double { bin[key].flatMap(Double.init) ?? .nan }
    let widths = bins.map { number($0, "width") - 0.3 }, tops = bins.map { number($0, "y") }
    #expect(abs(widths[0] - 2 * widths[1]) < 0.05 && abs(widths[2] - widths[1]) < 0.05)
    // The first row is the lowest.
    #expect(tops[0] == tops[1] && tops[2] < tops[0] && tops[2] == tops[4])
    let fills = bins.compactMap { $0["fill"] }
    #expect(fills[3] == "#bbbbbb" && fills[2] == "#f7f7f7" && fills[0] != fills[1] && map.svg() == map.svg())
    let shades = FieldMap(
      title: "", label: "", x: Axis(""), y: Axis(""), values: [[1, 1.5, 2]], xRange: 0...1, yRange: 0...1)
    let levels = try Drawing(shades.svg()).all("rect").dropFirst().prefix(3).compactMap { $0["fill"] }
    #expect(levels == ["#f7fbf0", "#4ea4b8", "#08265e"])
  }
}
