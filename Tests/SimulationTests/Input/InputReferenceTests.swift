import Foundation
import Simulation
import Testing

@Suite struct InputReferenceTests {
  @Test func theReferencePageIsFresh() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/Simulation/Input/REFERENCE.md")
    if ProcessInfo.processInfo.environment["SWMD_WRITE_REFERENCE"] != nil {
      try InputReference.markdown.write(to: page, atomically: true, encoding: .utf8)
    }
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text == InputReference.markdown, "REFERENCE.md is stale: run this test with SWMD_WRITE_REFERENCE=1")
  }

  @Test func everyKeyOfTheCompleteSampleIsInTheHelp() {
    for line in SampleInput.complete.split(separator: "\n") {
      guard let key = line.split(separator: "=").first?.trimmingCharacters(in: .whitespaces), line.contains(" = "),
        !key.contains("{")
      else { continue }
      #expect(InputReference.text.contains("\n  \(key) "), "\(key)")
    }
    #expect(InputReference.text.contains("\n  timestep          time > 0 (fs); required\n"))
    #expect(InputReference.text.contains("\n[[stage]] with kind = \"md\"\n"))
    #expect(InputReference.text.contains("\n  every             integer >= 1; default 10000\n"))
  }

  @Test func linesAreWithinReach() {
    for line in InputReference.text.split(separator: "\n") { #expect(line.count <= 140, "\(line)") }
  }
}
