// A WebSocket as a reader of logs needs it, and the frames that come over it. Node 18 and
// 20 have none.

import { randomBytes } from "node:crypto";
import * as http from "node:http";

/** Opens one, with the handshake of RFC 6455 by hand. */
export function upgrade(address) {
  const url = new URL(address);
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    origin: url.origin,
    "sec-websocket-key": randomBytes(16).toString("base64"),
    "sec-websocket-version": "13",
  };
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers });
    request.once("error", reject);
    request.once("response", (response) => reject(new Error(`${address}: ${response.statusCode}`)));
    request.once("upgrade", (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
  });
}

/** One masked frame, as a client must send it. */
export function frame(opcode, text) {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const head = payload.length < 126 ? Buffer.from([0x80 | opcode, 0x80 | payload.length]) : Buffer.alloc(4);
  if (payload.length >= 126) {
    head.writeUInt8(0x80 | opcode, 0);
    head.writeUInt8(0x80 | 126, 1);
    head.writeUInt16BE(payload.length, 2);
  }
  const masked = payload.map((byte, i) => byte ^ mask[i % 4]);
  return Buffer.concat([head, mask, masked]);
}

/** Calls back with each whole message; the server sends each in one frame. */
export function receive(socket, take) {
  let waiting = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    waiting = waiting.length > 0 ? Buffer.concat([waiting, chunk]) : chunk;
    for (;;) {
      if (waiting.length < 2) return;
      let length = waiting[1] & 0x7f;
      let head = 2;
      if (length === 126) head = 4;
      if (length === 127) head = 10;
      if (waiting.length < head) return;
      if (length === 126) length = waiting.readUInt16BE(2);
      if (length === 127) length = Number(waiting.readBigUInt64BE(2));
      if (waiting.length < head + length) return;
      take(waiting[0] & 0x0f, waiting.subarray(head, head + length));
      waiting = waiting.subarray(head + length);
    }
  });
}

/**
 * Reads a frame of lines as app/model/src/log/frame.rs writes it, and calls back with the
 * bytes of each line's text.
 */
export function readLines(bytes, take) {
  let at = 1;
  const number = () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at];
      at += 1;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return value;
    }
  };
  const seq = number();
  while (at < bytes.length) {
    const hasTime = bytes[at] < 0x80;
    at += 1;
    if (hasTime) number();
    const length = number();
    take(at, length);
    at += length;
  }
  return seq;
}
