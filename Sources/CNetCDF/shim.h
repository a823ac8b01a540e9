#ifndef SWMD_CNETCDF_SHIM_H
#define SWMD_CNETCDF_SHIM_H
#include <netcdf.h>
#endif
