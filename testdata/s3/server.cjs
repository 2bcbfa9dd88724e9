// A server of S3 with the bucket "films", for tests: node server.cjs FOLDER. It says on which port it listens when it does.
// Its one key is S3RVER, with the secret S3RVER. It checks the signature of each request (version 4), but not those of the pieces of a body.
const S3rver = require("@20minutes/s3rver");

new S3rver({ address: "127.0.0.1", port: 0, directory: process.argv[2], configureBuckets: [{ name: "films" }] })
  .run()
  .then(({ port }) => console.log(`listens on port ${port}`));
