// MPI's handles are macros with casts, which Swift cannot import: these inline functions stand for the few that swmd uses.
// No MPI handle type crosses into Swift but as an opaque value. Compiles as plain C11.
#ifndef SWMD_CMPI_SHIM_H
#define SWMD_CMPI_SHIM_H
#include <mpi.h>
#include <stddef.h>

static inline MPI_Comm swmd_mpi_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Comm swmd_mpi_self(void) { return MPI_COMM_SELF; }
static inline MPI_Request swmd_mpi_request_null(void) { return MPI_REQUEST_NULL; }
static inline int swmd_mpi_init(void) {
  int done = 0;
  int status = MPI_Initialized(&done);
  return (status != MPI_SUCCESS || done) ? status : MPI_Init(NULL, NULL);
}
static inline int swmd_mpi_is_finalized(void) {
  int done = 0;
  MPI_Finalized(&done);
  return done;
}
static inline int swmd_mpi_send_bytes(const void *data, int count, int to, int tag, MPI_Comm comm) {
  return MPI_Send(data, count, MPI_BYTE, to, tag, comm);
}
static inline int swmd_mpi_receive_bytes(void *data, int count, int from, int tag, MPI_Comm comm) {
  return MPI_Recv(data, count, MPI_BYTE, from, tag, comm, MPI_STATUS_IGNORE);
}
static inline int swmd_mpi_isend_bytes(const void *data, int count, int to, int tag, MPI_Comm comm, MPI_Request *request) {
  return MPI_Isend(data, count, MPI_BYTE, to, tag, comm, request);
}
static inline int swmd_mpi_ireceive_bytes(void *data, int count, int from, int tag, MPI_Comm comm, MPI_Request *request) {
  return MPI_Irecv(data, count, MPI_BYTE, from, tag, comm, request);
}
static inline int swmd_mpi_wait_all(int count, MPI_Request *requests) {
  return MPI_Waitall(count, requests, MPI_STATUSES_IGNORE);
}
static inline int swmd_mpi_broadcast_bytes(void *data, int count, int root, MPI_Comm comm) {
  return MPI_Bcast(data, count, MPI_BYTE, root, comm);
}
static inline int swmd_mpi_allgather_bytes(const void *mine, int count, void *all, MPI_Comm comm) {
  return MPI_Allgather(mine, count, MPI_BYTE, all, count, MPI_BYTE, comm);
}
static inline int swmd_mpi_alltoall_bytes(const void *mine, int count, void *all, MPI_Comm comm) {
  return MPI_Alltoall(mine, count, MPI_BYTE, all, count, MPI_BYTE, comm);
}
static inline int swmd_mpi_max_doubles(double *values, int count, MPI_Comm comm) {
  return MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_DOUBLE, MPI_MAX, comm);
}
static inline int swmd_mpi_sum_int64(long long *values, int count, MPI_Comm comm) {
  return MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_LONG_LONG, MPI_SUM, comm);
}
#endif
