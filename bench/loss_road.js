// Run in a page by the bench only: the offer leads over our lossy road, and may say less.
(() => {
  const native = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const road = window.masilRoad;
    let sdp = description.sdp.replaceAll(` ${road.from} `, ` ${road.to} `);
    if (!road.red) {
      sdp = sdp
        .replaceAll("UDP/TLS/RTP/SAVPF 63 111", "UDP/TLS/RTP/SAVPF 111")
        .replaceAll(/a=(rtpmap|fmtp):63 .*\r\n/g, "");
    }
    if (!road.fec) sdp = sdp.replaceAll("useinbandfec=1;", "");
    return native.call(this, { type: description.type, sdp });
  };
  window.masilSlots = async () => {
    let best = { packetsReceived: -1 };
    for (const connection of masilTest.seen.connections) {
      if (connection.connectionState === "closed") continue;
      const reports = await connection.getStats();
      for (const report of reports.values()) {
        if (report.type !== "inbound-rtp" || report.packetsReceived <= best.packetsReceived) continue;
        best = { ...report, codec: reports.get(report.codecId)?.mimeType };
      }
    }
    return best;
  };
})();
