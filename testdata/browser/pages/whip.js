// WHIP and WHEP in the fewest words, for what neither the SDK nor the server's page does: a simulcast.
"use strict";

const whip = {};

// exchange makes an offer without candidates, as the Web SDK does, so that media goes where the answer says; and takes the answer.
whip.exchange = async (url, pc) => {
  await pc.setLocalDescription(await pc.createOffer());
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/sdp" }, body: pc.localDescription.sdp.replace(/a=candidate.*\r\n/g, "") });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  await pc.setRemoteDescription({ type: "answer", sdp: await response.text() });
};

// publish sends a picture that is drawn, in layers of the given scales.
whip.publish = async (url, scales) => {
  const canvas = document.getElementById("canvas");
  const context = canvas.getContext("2d");
  let n = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${n++ % 360} 80% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "black";
    context.font = "120px sans-serif";
    context.fillText(String(n), 60 + (n % 50) * 8, 300);
  }, 100);
  const [track] = canvas.captureStream(10).getVideoTracks();
  const pc = new RTCPeerConnection();
  pc.addTransceiver(track, {
    direction: "sendonly",
    sendEncodings: scales.map((scale, i) => ({ rid: `r${i}`, scaleResolutionDownBy: scale, maxBitrate: 800_000 / scale })),
  });
  await whip.exchange(url, pc);
};

whip.play = async (url) => {
  const pc = new RTCPeerConnection();
  pc.addTransceiver("video", { direction: "recvonly" });
  pc.ontrack = ({ track }) => (document.getElementById("video").srcObject = new MediaStream([track]));
  await whip.exchange(url, pc);
};
