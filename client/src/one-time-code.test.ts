import { describe, expect, it } from "vitest";
import { awaitCode, otpCredentials } from "./one-time-code";

const signal = new AbortController().signal;

describe("the code in a message", () => {
  it("is asked for from SMS, and taken", async () => {
    const asked: unknown[] = [];
    const get = async (options: unknown) => {
      asked.push(options);
      return { code: "042137" };
    };
    expect(await awaitCode({ get }, signal)).toBe("042137");
    expect(asked).toEqual([{ otp: { transport: ["sms"] }, signal }]);
  });

  it("is typed where the reader or the phone declines", async () => {
    const refuse = async () => {
      throw new DOMException("no", "AbortError");
    };
    expect(await awaitCode({ get: refuse }, signal)).toBeNull();
    expect(await awaitCode({ get: async () => null }, signal)).toBeNull();
    expect(otpCredentials()).toBeNull(); // this is no browser
  });

  it("does not hide a fault of ours", async () => {
    const faulty = async () => {
      throw new RangeError("ours");
    };
    await expect(awaitCode({ get: faulty }, signal)).rejects.toThrow(RangeError);
  });
});
