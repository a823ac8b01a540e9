import Atomistics
import CNetCDF
import Diagnostics
import Formats
import Numerics
import TestSupport
import Testing

/// The NetCDF library, by which nothing of swmd was written, opens our files and finds in them what was put there.
@Suite struct NetCDFLibraryTests {
  @Test func theLibraryReadsOurFrames() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("a.nc")
    let frames = (0..<3).map { sampleFrame(triclinic, index: $0) }
    let writer = try NetCDFTrajectoryWriter(
      creating: path, atoms: TrajectoryAtoms(frames[0]), options: .init(velocities: true, forces: true))
    for frame in frames { try writer.append(frame) }
    try writer.close()

    var file: Int32 = 0
    try #require(nc_open(path, NC_NOWRITE, &file) == NC_NOERR)
    defer { nc_close(file) }
    func values(_ name: String, count: Int) throws -> [Double] {
      var variable: Int32 = 0
      try #require(nc_inq_varid(file, name, &variable) == NC_NOERR)
      var values = [Double](repeating: .nan, count: count)
      try #require(nc_get_var_double(file, variable, &values) == NC_NOERR)
      return values
    }
    var format: Int32 = 0
    #expect(nc_inq_format(file, &format) == NC_NOERR && format == NC_FORMAT_64BIT_OFFSET)
    #expect(try values("time", count: 3) == [0, 0.125, 0.25])
    #expect(try values("step", count: 3) == [0, 250, 500])
    #expect(try values("cell_lengths", count: 9)[3..<6].first == 11)
    #expect(try values("atom_types", count: 17) == frames[0].elements.map { Double($0.atomicNumber) })
    let velocities = try values("velocities", count: 3 * 17 * 3)
    let forces = try values("forces", count: 3 * 17 * 3)
    for (frame, atom, axis) in [(0, 0, 0), (1, 16, 2), (2, 5, 1)] {
      let place = (frame * 17 + atom) * 3 + axis
      #expect(abs(velocities[place] - 1000 * frames[frame].velocities![atom][axis]) < 1e-5)
      #expect(abs(forces[place] - 23.060548 * frames[frame].forces![atom][axis]) < 1e-4)
    }
  }

  @Test func velocitiesAloneServeWherePositionsAreNotRequired() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("v.nc")
    let frames = (0..<3).map { sampleFrame(triclinic, index: $0) }
    let writer = try NetCDFTrajectoryWriter(
      creating: path, atoms: TrajectoryAtoms(frames[0]), options: .init(velocities: true))
    for frame in frames { try writer.append(frame) }
    try writer.close()
    var file: Int32 = 0, variable: Int32 = 0
    try #require(nc_open(path, NC_WRITE, &file) == NC_NOERR && nc_redef(file) == NC_NOERR)
    try #require(nc_inq_varid(file, "coordinates", &variable) == NC_NOERR)
    try #require(nc_rename_var(file, variable, "elsewhere") == NC_NOERR)
    // AMBER's unit of time is 1/20.455 ps.
    try #require(nc_inq_varid(file, "velocities", &variable) == NC_NOERR)
    var scale = 20.455
    try #require(nc_put_att_double(file, variable, "scale_factor", NC_DOUBLE, 1, &scale) == NC_NOERR)
    try #require(nc_close(file) == NC_NOERR)

    let failure = #expect(throws: Failure.self) { try TrajectoryFile(path: path) }
    #expect(failure?.message.contains("no coordinates") == true)
    var options = ReadOptions()
    options.requiresPositions = false
    let trajectory = try TrajectoryFile(path: path, options: options)
    #expect(trajectory.frameCount == 3 && !trajectory.hasPositions)
    let frame = try trajectory.frame(1)
    #expect(frame.positions.allSatisfy { $0 == .zero })
    for (read, written) in zip(try #require(frame.velocities), try #require(frames[1].velocities)) {
      #expect((read - 20.455 * written).length < 1e-5 * max(1, written.length))
    }
  }
}
