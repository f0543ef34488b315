/** The forms that an error comes in: which sender writes which, and what a proxy on the way makes of it. */
import type { Answer, Call, Tools } from '../../dialect.js';
import type { OtcCloud } from './cloud.js';
import { requestId } from './gateway.js';
import { isRecord, type Json, textKnob } from './request.js';

/** A proxy's page, as it may stand where JSON is expected. */
const PAGE = '<html><head><title>Error</title></head><body><h1>The service is not available</h1></body></html>';

/**
 * `answer` as it goes out. The v3 API says what v1 says in the gateway's form; `errorShape` has v1 do the same (`gateway`),
 * or use the form of some services of the sister cloud (`camel`), or puts a page (`html`) or nothing (`empty`) in the
 * place of every error.
 */
export function shaped(answer: Answer, call: Call, cloud: OtcCloud, tools: Tools): Answer {
  if (answer.status < 400) return answer;
  const shape = textKnob(tools, 'errorShape');
  const { json: _json, ...rest } = answer;
  if (shape === 'empty') return { ...rest, text: '' };
  if (shape === 'html') return { ...rest, text: PAGE, headers: { ...answer.headers, 'Content-Type': 'text/html' } };
  if (!isRecord(answer.json)) return answer;
  const isNewer = call.path[0] === 'vpc' && call.path[1] === 'v3';
  return { ...rest, json: respelt(answer.json, isNewer ? 'gateway' : shape, cloud, tools) };
}

function respelt(json: Json, shape: string | undefined, cloud: OtcCloud, tools: Tools): Json {
  const { code, message, error, error_code: gatewayCode } = json;
  if (code !== undefined && shape === 'gateway') return { error_code: code, error_msg: message, request_id: requestId(cloud) };
  if (code !== undefined && shape === 'camel') return { errorCode: code, errorMsg: message };
  if (typeof gatewayCode === 'string' && tools.knobs.gatewaySpelling === 'APIG') {
    return { ...json, error_code: gatewayCode.replace(/^APIGW/, 'APIG') };
  }
  // One published sample of the first ECS API has the two values in each other's place.
  if (isRecord(error) && typeof error.code === 'string' && tools.knobs.swappedEcsErrors === true) {
    return { error: { ...error, code: error.message, message: error.code } };
  }
  return json;
}
