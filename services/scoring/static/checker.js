// Checks one bundle beside the page, so that a large file does not freeze it. It fetches nothing once it is loaded.
import { verify } from "./verify.js";

self.onmessage = ({ data: { bytes, root } }) => {
  const onProgress = (done, all) => self.postMessage({ done, all });
  try {
    self.postMessage({ accepted: verify(new Uint8Array(bytes), root, onProgress) });
  } catch ({ code, place, expected, found }) {
    self.postMessage({ refused: { code, place, expected, found } });
  }
};
self.postMessage({ ready: true });
