import * as grpc from "@grpc/grpc-js";

type Handler<Request, Response> = (request: Request) => Promise<Response> | Response;

/** A gRPC handler from a function: what it throws becomes the call's status. */
export function unary<Request, Response>(handler: Handler<Request, Response>): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(isStatus(error) ? error : { code: grpc.status.UNKNOWN, details: messageOf(error) }),
      );
  };
}

/** Answers a call that the embedded engine does not know. */
export function unsupported(what: string): grpc.UntypedHandleCall {
  return unary(() => {
    throw { code: grpc.status.UNIMPLEMENTED, details: `the embedded engine does not support ${what}; the Pulumi CLI does` };
  });
}

const isStatus = (error: unknown): error is grpc.StatusObject =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "number" && "details" in error;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
