// The version of this program; test/docs holds it to package.json's.

export const PROGRAM_VERSION = '2.0.0'
