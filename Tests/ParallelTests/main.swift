import Communication

print("rank \(Communicator.world.rank) of \(Communicator.world.size)")
Communicator.finalize()
